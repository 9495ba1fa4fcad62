package vn.truc.mutants;

import com.sun.source.tree.AssertTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Finds where an operator of a source file can be changed. Only the syntax is known here: a change
/// that does not compile, as a difference of texts, falls out later.
///
/// Constants (`static final` with a value) are left alone: they are sizes and names more than
/// decisions, and javac copies them into other classes.
final class MutationPoints {
  private static final Map<Kind, List<String>> BINARY =
      Map.ofEntries(
          Map.entry(Kind.LESS_THAN, List.of("<", "<=", ">")),
          Map.entry(Kind.LESS_THAN_EQUAL, List.of("<=", "<", ">")),
          Map.entry(Kind.GREATER_THAN, List.of(">", ">=", "<")),
          Map.entry(Kind.GREATER_THAN_EQUAL, List.of(">=", ">", "<")),
          Map.entry(Kind.EQUAL_TO, List.of("==", "!=")),
          Map.entry(Kind.NOT_EQUAL_TO, List.of("!=", "==")),
          Map.entry(Kind.CONDITIONAL_AND, List.of("&&", "||")),
          Map.entry(Kind.CONDITIONAL_OR, List.of("||", "&&")),
          Map.entry(Kind.PLUS, List.of("+", "-")),
          Map.entry(Kind.MINUS, List.of("-", "+")),
          Map.entry(Kind.MULTIPLY, List.of("*", "/")),
          Map.entry(Kind.DIVIDE, List.of("/", "*")),
          Map.entry(Kind.REMAINDER, List.of("%", "*")),
          Map.entry(Kind.AND, List.of("&", "|")),
          Map.entry(Kind.OR, List.of("|", "&")),
          Map.entry(Kind.XOR, List.of("^", "&")),
          Map.entry(Kind.LEFT_SHIFT, List.of("<<", ">>")),
          Map.entry(Kind.RIGHT_SHIFT, List.of(">>", "<<")),
          Map.entry(Kind.UNSIGNED_RIGHT_SHIFT, List.of(">>>", "<<")),
          Map.entry(Kind.PLUS_ASSIGNMENT, List.of("+=", "-=")),
          Map.entry(Kind.MINUS_ASSIGNMENT, List.of("-=", "+=")),
          Map.entry(Kind.AND_ASSIGNMENT, List.of("&=", "|=")),
          Map.entry(Kind.OR_ASSIGNMENT, List.of("|=", "&=")),
          Map.entry(Kind.PREFIX_INCREMENT, List.of("++", "--")),
          Map.entry(Kind.POSTFIX_INCREMENT, List.of("++", "--")),
          Map.entry(Kind.PREFIX_DECREMENT, List.of("--", "++")),
          Map.entry(Kind.POSTFIX_DECREMENT, List.of("--", "++")),
          Map.entry(Kind.LOGICAL_COMPLEMENT, List.of("!", "")),
          Map.entry(Kind.UNARY_MINUS, List.of("-", "")));

  private final String file;
  private final String source;
  private final CompilationUnitTree unit;
  private final SourcePositions positions;
  private final List<Mutant> found = new ArrayList<>();

  private MutationPoints(
      String file, String source, CompilationUnitTree unit, SourcePositions positions) {
    this.file = file;
    this.source = source;
    this.unit = unit;
    this.positions = positions;
  }

  /// All changes of a file, in the order of its text.
  static List<Mutant> of(String file, String source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                null, null, _ -> {}, List.of("-proc:none"), null, List.of(memory(file, source)));
    CompilationUnitTree unit = task.parse().iterator().next();
    MutationPoints points =
        new MutationPoints(file, source, unit, Trees.instance(task).getSourcePositions());
    unit.accept(points.new Scanner(), null);
    points.found.sort(Comparator.comparingInt(Mutant::line).thenComparingInt(Mutant::column));
    return List.copyOf(points.found);
  }

  /// A source file that lies in memory.
  static JavaFileObject memory(String file, String source) {
    return new SimpleJavaFileObject(URI.create("memory:///" + file), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreErrors) {
        return source;
      }
    };
  }

  /// The operator is searched from a place behind its left operand to one before its right one:
  /// between them stand only blanks, brackets and remarks.
  private void operator(Kind kind, long from, long to) {
    List<String> texts = BINARY.get(kind);
    if (texts == null || from < 0 || to < from) {
      return;
    }
    int at = source.indexOf(texts.getFirst(), remarksEnd((int) from));
    if (at >= 0 && at + texts.getFirst().length() <= to) {
      for (String other : texts.subList(1, texts.size())) {
        replace(at, texts.getFirst().length(), other);
      }
    }
  }

  /// Where the blanks, closing brackets and remarks from a place on end.
  private int remarksEnd(int from) {
    int at = from;
    while (true) {
      if (source.startsWith("//", at)) {
        at = source.indexOf('\n', at);
      } else if (source.startsWith("/*", at)) {
        at = source.indexOf("*/", at) + 2;
      } else if (source.charAt(at) == ')' || Character.isWhitespace(source.charAt(at))) {
        at++;
      } else {
        return at;
      }
    }
  }

  private void replace(int at, int length, String other) {
    LineMap lines = unit.getLineMap();
    int line = (int) lines.getLineNumber(at);
    int start = (int) lines.getStartPosition(line);
    int end = source.indexOf('\n', at);
    end = end < 0 ? source.length() : end;
    String before = source.substring(start, end);
    String after = source.substring(start, at) + other + source.substring(at + length, end);
    found.add(
        new Mutant(
            file,
            line,
            at - start + 1,
            before,
            after,
            source.substring(0, at) + other + source.substring(at + length)));
  }

  private long start(Tree tree) {
    return positions.getStartPosition(unit, tree);
  }

  private long end(Tree tree) {
    return positions.getEndPosition(unit, tree);
  }

  private final class Scanner extends TreeScanner<Void, Void> {
    @Override
    public Void visitVariable(VariableTree tree, Void none) {
      return tree.getModifiers().getFlags().contains(Modifier.STATIC)
              && tree.getModifiers().getFlags().contains(Modifier.FINAL)
          ? null
          : super.visitVariable(tree, null);
    }

    @Override
    public Void visitAssert(AssertTree tree, Void none) {
      return null;
    }

    @Override
    public Void visitBinary(BinaryTree tree, Void none) {
      operator(tree.getKind(), end(tree.getLeftOperand()), start(tree.getRightOperand()));
      return super.visitBinary(tree, null);
    }

    @Override
    public Void visitCompoundAssignment(CompoundAssignmentTree tree, Void none) {
      operator(tree.getKind(), end(tree.getVariable()), start(tree.getExpression()));
      return super.visitCompoundAssignment(tree, null);
    }

    @Override
    public Void visitUnary(UnaryTree tree, Void none) {
      ExpressionTree operand = tree.getExpression();
      if (tree.getKind() == Kind.POSTFIX_INCREMENT || tree.getKind() == Kind.POSTFIX_DECREMENT) {
        operator(tree.getKind(), end(operand), end(tree));
      } else {
        operator(tree.getKind(), start(tree), start(operand));
      }
      return super.visitUnary(tree, null);
    }

    @Override
    public Void visitLiteral(LiteralTree tree, Void none) {
      if (tree.getKind() == Kind.BOOLEAN_LITERAL) {
        String text = tree.getValue().toString();
        replace((int) start(tree), text.length(), text.equals("true") ? "false" : "true");
      }
      return super.visitLiteral(tree, null);
    }
  }
}
