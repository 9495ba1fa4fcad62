package vn.truc.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sums of visits over numbered leaves, sixteen of the height below in each node: a range is put
/// together from some thirty sums a height, and what a leaf lost is made good by summing up as many
/// nodes anew as there are heights.
final class VisitTree {
  private static final int FAN_BITS = 4;
  private static final int FAN = 1 << FAN_BITS;

  /// What stands in the leaves.
  interface Leaves {
    /// Adds a leaf to a sum; one that is not there adds nothing.
    void addTo(VisitSum sum, int leaf);
  }

  private final Leaves leaves;

  /// By height from 1: node n stands for the leaves from `n << 4 * height` on.
  private final List<Map<Integer, VisitSum>> heights = new ArrayList<>();

  /// @param height how many heights of nodes stand over the leaves from the start
  VisitTree(Leaves leaves, int height) {
    this.leaves = leaves;
    for (int i = 0; i < height; i++) {
      heights.add(new HashMap<>());
    }
  }

  /// Grows until one node stands over all leaves from 0 to this one.
  void cover(int leaf) {
    while (node(leaf, heights.size()) > 0) {
      heights.add(new HashMap<>());
      sumUp(heights.size(), 0);
    }
  }

  /// More comes to a leaf.
  void add(int leaf, PortalTraffic.Visits more) {
    for (int height = 1; height <= heights.size(); height++) {
      heights.get(height - 1).computeIfAbsent(node(leaf, height), _ -> new VisitSum()).add(more);
    }
  }

  /// What stood in a leaf was replaced: all nodes over it are summed up anew.
  void replaced(int leaf) {
    for (int height = 1; height <= heights.size(); height++) {
      sumUp(height, node(leaf, height));
    }
  }

  private void sumUp(int height, int node) {
    VisitSum sum = new VisitSum();
    for (int i = 0; i < FAN; i++) {
      addNode(sum, height - 1, (node << FAN_BITS) + i);
    }
    heights.get(height - 1).put(node, sum);
  }

  private void addNode(VisitSum sum, int height, int node) {
    if (height == 0) {
      leaves.addTo(sum, node);
      return;
    }
    @Nullable VisitSum known = heights.get(height - 1).get(node);
    if (known != null) {
      sum.add(known);
    }
  }

  /// Adds all leaves of a tree that [#cover]s them.
  void addAll(VisitSum sum) {
    addNode(sum, heights.size(), 0);
  }

  /// Adds the leaves from one up to another to a sum.
  void addRange(VisitSum sum, int from, int to) {
    int at = from;
    while (at < to) {
      int height = 0;
      while (height < heights.size() && isWhole(at, to, height + 1)) {
        height++;
      }
      addNode(sum, height, node(at, height));
      at += leavesBelow(height);
    }
  }

  /// Whether a node of a height begins at a leaf and ends at another or before.
  private static boolean isWhole(int at, int to, int height) {
    int below = leavesBelow(height);
    return (at & (below - 1)) == 0 && to - at >= below;
  }

  private static int node(int leaf, int height) {
    return leaf >> (FAN_BITS * height);
  }

  private static int leavesBelow(int height) {
    return 1 << (FAN_BITS * height);
  }
}
