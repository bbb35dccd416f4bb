extension Metric {
  /// What a gate compares: amounts per token, so that they mean the same whatever the window's length.
  public static let ofGates: [Metric] = [
    Metric("time_wall_ns_per_token", "ns/token", .lower, "Wall time of the window per token of the phase."),
    Metric(
      "counter_instructions_per_token", "1/token", .lower,
      "Instructions that the run's threads retired per token of the phase."),
    Metric(
      "counter_cycles_per_token", "1/token", .lower,
      "Clock cycles of the cores while the run's threads were on them, per token of the phase."),
    // Counted on an emulated CPU, one thread: equal from run to run where times are not.
    Metric(
      "proxy_instructions_per_token", "1/token", .lower,
      "Instructions of the window per token, on the CPU that valgrind emulates, one thread."),
    Metric(
      "proxy_data_reads_per_token", "1/token", .lower,
      "Reads of data memory of the window per token, whatever their width, as valgrind counts them, one thread."),
    Metric(
      "proxy_data_writes_per_token", "1/token", .lower,
      "Writes of data memory of the window per token, whatever their width, as valgrind counts them, one thread."),
    Metric(
      "proxy_allocations_per_token", "1/token", .lower,
      "Calls of malloc and its kin within the window per token, as valgrind counts them, one thread."),
    Metric(
      "proxy_weight_bytes_per_token", "B/token", .lower,
      "Bytes of weights that the window reads per token, each counted once per pass."),
  ]
}
