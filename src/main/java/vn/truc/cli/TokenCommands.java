package vn.truc.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vn.truc.access.Role;
import vn.truc.config.Durations;

/// The verbs about dashboard tokens.
final class TokenCommands {
  private TokenCommands() {}

  /// Who asks, as far as this machine knows.
  private static String asker() {
    return System.getProperty("user.name", "");
  }

  @Command(
      name = "token",
      description = {
        "Makes a dashboard token and prints it alone; or, with a verb behind it, lists or ends them."
      })
  static final class Token extends TrucCommand.VerbCommand {
    // wanted, but not of `token list`: so they are not required as options
    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "viewer, operator, agency or admin.")
    private Optional<String> role = Optional.empty();

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        description = "province, an agency id, an area code, field:<id> or unassigned.")
    private Optional<String> scope = Optional.empty();

    @Option(names = "--user", paramLabel = "NAME", description = "Whose name signs writes.")
    private String user = "";

    @Option(names = "--ttl", paramLabel = "SPAN", description = "How long it lives (12h).")
    private String ttl = "12h";

    Token(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      String wanted =
          role.orElseThrow(() -> new UsageException("Missing required option: '--role=ROLE'"));
      String reach =
          scope.orElseThrow(() -> new UsageException("Missing required option: '--scope=SCOPE'"));
      if (Role.of(wanted).isEmpty()) {
        throw new UsageException("--role must be viewer, operator, agency or admin");
      }
      Duration life =
          Durations.parse(ttl)
              .orElseThrow(() -> new UsageException("--ttl must be a span like 12h or 30d"));
      JsonObject result =
          ask(
              "token",
              new JsonObject()
                  .put("role", wanted)
                  .put("scope", reach)
                  .put("user", user)
                  .put("ttlSeconds", life.toSeconds())
                  .put("by", asker()));
      err().println("token " + result.getString("id", "") + " for " + wanted + " of " + reach);
      out().println(result.getString("token", ""));
      return 0;
    }
  }

  @Command(
      name = "list",
      description = "The tokens issued and not ended: id, role, scope, user, from, to, by.")
  static final class TokenList extends TrucCommand.VerbCommand {
    TokenList(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      JsonArray tokens =
          ask("token.list", new JsonObject()).getJsonArray("tokens", new JsonArray());
      for (int i = 0; i < tokens.size(); i++) {
        JsonObject token = tokens.getJsonObject(i);
        out()
            .println(
                String.join(
                    "\t",
                    token.getString("id", ""),
                    token.getString("role", ""),
                    token.getString("scope", ""),
                    dash(token.getString("user", "")),
                    time(token.getLong("issuedAt", 0L)),
                    time(token.getLong("expiresAt", 0L)),
                    dash(token.getString("by", ""))));
      }
      return 0;
    }

    private static String dash(String text) {
      return text.isEmpty() ? "-" : text;
    }

    private static String time(long seconds) {
      return Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.ofHours(7)).toString();
    }
  }

  @Command(name = "revoke", description = "Ends a token, or all of a user, for ever.")
  static final class TokenRevoke extends TrucCommand.VerbCommand {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "As `token list` shows it.")
    private Optional<String> id = Optional.empty();

    @Option(names = "--user", paramLabel = "NAME", description = "All tokens of this user.")
    private Optional<String> user = Optional.empty();

    TokenRevoke(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      if (id.isPresent() == user.isPresent()) {
        throw new UsageException("name an ID, or --user NAME");
      }
      if (user.filter(String::isBlank).isPresent()) {
        throw new UsageException("--user must not be empty");
      }
      JsonObject which = new JsonObject().put("by", asker());
      id.ifPresent(one -> which.put("id", one));
      user.ifPresent(one -> which.put("user", one));
      long listed = ask("token.revoke", which).getLong("listed", 0L);
      err()
          .println(
              listed > 0
                  ? "revoked, with what was renewed from it; in the list of tokens stood "
                      + listed
                      + " of them"
                  : "no token of "
                      + id.or(() -> user).orElse("")
                      + " stands in the list (truc token list); whatever there was before the list"
                      + " is ended");
      return 0;
    }
  }

  @Command(
      name = "rotate-secret",
      description = "Ends every token there is: from now on another secret signs.")
  static final class TokenRotate extends TrucCommand.VerbCommand {
    TokenRotate(TrucCommand.Context context) {
      super(context);
    }

    @Override
    int run() throws Exception {
      ask("token.rotate-secret", new JsonObject().put("by", asker()));
      err().println("all tokens have ended; issue new ones");
      return 0;
    }
  }
}
