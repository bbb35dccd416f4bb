/// Where the threads of a pool may run.
public enum Placement: String, Sendable, CaseIterable {
  /// The scheduler moves threads as it likes, within the CPUs that the process may use.
  case free
  /// Thread i stays on the i-th of the CPUs given, and the affinity is read back to be sure.
  case pinned
  /// As pinned, with threads spread over the memory nodes, and each node's rows of the weights on that node.
  case numa
}
