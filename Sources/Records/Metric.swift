/// A quantity that a record can hold: its name in files, its unit, and which direction is better.
///
/// The direction belongs to the metric, so that no reader calls a gain in throughput a regression.
public struct Metric: Sendable, Equatable {
  /// Which way is better.
  public enum Direction: String, Sendable, Codable {
    /// More is better: rates.
    case higher
    /// Less is better: times, energies, faults.
    case lower
    /// Neither: the value describes, it does not judge.
    case neutral
  }

  /// The key in records and CSV, unit last.
  public let name: String
  /// The unit in words a table can print: "ns", "t/s", "J".
  public let unit: String
  /// Which way is better.
  public let better: Direction
  /// One sentence: what is measured, over which window.
  public let summary: String

  /// Every metric this schema knows, in the order of the tables.
  public static let all: [Metric] = [
    // Time and rates.
    Metric("time_wall_ns", "ns", .lower, "Wall time of the window, CLOCK_MONOTONIC_RAW."),
    Metric("rate_tokens_per_s", "t/s", .higher, "Tokens processed or generated per second of wall time."),
    Metric(
      "rate_bytes_per_s", "B/s", .higher, "Weight bytes read per second of wall time, each counted once per pass."),
    Metric("rate_macs_per_s", "MAC/s", .higher, "Multiply-accumulates of the weight matrices per second of wall time."),
    Metric(
      "rate_flop_per_s", "FLOP/s", .higher, "Float operations per second of wall time, a multiply-add counted as two."),
    Metric("time_load_ns", "ns", .lower, "Time of one load whose address the load before it gave."),
    Metric("time_to_first_token_ns", "ns", .lower, "From the start of the prompt to the first generated token."),
    Metric(
      "time_program_ns", "ns", .lower, "Time of the work by the clock of the other program that did it."),
    // CPU.
    Metric("time_cpu_user_ns", "ns", .lower, "CPU time of the process in user mode, all threads."),
    Metric("time_cpu_system_ns", "ns", .lower, "CPU time of the process in the kernel, all threads."),
    Metric("time_cpu_thread_ns", "ns", .lower, "CPU time of the thread that drives the run."),
    // Memory and scheduling.
    Metric(
      "memory_peak_rss_bytes", "B", .lower,
      "Peak resident set of the process within the window, or since it started where the kernel cannot reset the mark."),
    Metric("page_faults_minor", "count", .lower, "Page faults served without reading a disk."),
    Metric("page_faults_major", "count", .lower, "Page faults that read a disk."),
    Metric("context_switches_voluntary", "count", .lower, "Times that a thread gave up its CPU."),
    Metric("context_switches_involuntary", "count", .lower, "Times that a thread lost its CPU to another."),
    Metric("event_task_clock_ns", "ns", .neutral, "perf software event task-clock, summed over the threads."),
    Metric("event_context_switches", "count", .lower, "perf software event context-switches, all threads."),
    Metric("event_cpu_migrations", "count", .lower, "perf software event cpu-migrations, all threads."),
    Metric("event_page_faults", "count", .lower, "perf software event page-faults, all threads."),
    // Hardware events of the run's threads, by group of events (Suites/counters/).
    Metric("counter_instructions", "count", .lower, "Instructions that the run's threads retired."),
    Metric("counter_cycles", "count", .lower, "Clock cycles of the cores while the run's threads were on them."),
    Metric("instructions_per_cycle", "1/cycle", .neutral, "Instructions retired per clock cycle of a core."),
    Metric(
      "frequency_hz", "Hz", .neutral,
      "Mean clock of the cores while the run's threads were on them; without the kernel's cycles where those are hidden."
    ),
    Metric("branch_miss_fraction", "1", .lower, "Mispredicted branches of all branches retired."),
    Metric(
      "branch_misses_per_kilo_instruction", "1/1000 instr", .lower,
      "Mispredicted branches per thousand instructions retired."),
    Metric(
      "cache_l1d_fills_per_kilo_instruction", "1/1000 instr", .lower,
      "Lines brought into the first-level data cache per thousand instructions retired."),
    Metric(
      "cache_last_level_miss_fraction", "1", .lower,
      "Requests of the cores that the last cache did not hold, of all that reached it."),
    Metric(
      "cache_last_level_misses_per_kilo_instruction", "1/1000 instr", .lower,
      "Requests of the cores that the last cache did not hold, per thousand instructions retired."),
    Metric(
      "memory_bandwidth_read_bytes", "B", .lower,
      "Cache lines that the cores count as fetched from memory, times the 64 bytes of a line; some prefetches are missing."
    ),
    Metric(
      "memory_bandwidth_read_bytes_per_s", "B/s", .higher,
      "The same bytes per second of wall time: a lower bound of what was read from memory."),
    Metric(
      "tlb_data_walks_per_kilo_instruction", "1/1000 instr", .lower,
      "Page-table walks for data per thousand instructions."),
    Metric(
      "simd_instruction_fraction", "1", .neutral, "Vector instructions of all instructions, as the core tells them."),
    // Measured energy: gross joules of the window by domain, whoever used them.
    Metric("energy_package_j", "J", .lower, "Energy of all CPU packages, gross."),
    Metric("energy_dram_j", "J", .lower, "Energy of the memory that the packages meter, gross."),
    Metric("energy_cpu_mem_j", "J", .lower, "Package and memory together, where both are known."),
    Metric("energy_psys_j", "J", .lower, "Energy of the whole platform as the processor meters it; holds the package."),
    Metric("energy_core_j", "J", .neutral, "Energy of the cores' domain, a part of the package's."),
    Metric("energy_uncore_j", "J", .neutral, "Energy of the domain beside the cores, a part of the package's."),
    Metric("energy_system_j", "J", .lower, "Energy of the whole system by a power meter of the board."),
    Metric("energy_battery_j", "J", .lower, "Energy taken from the battery while it discharges."),
    // The same above what the idle machine takes.
    Metric("energy_package_net_j", "J", .lower, "Package energy less idle power times the window."),
    Metric("energy_dram_net_j", "J", .lower, "Memory energy less idle power times the window."),
    Metric("energy_cpu_mem_net_j", "J", .lower, "Package and memory energy less idle power times the window."),
    Metric("energy_psys_net_j", "J", .lower, "Platform energy less idle power times the window."),
    Metric("energy_system_net_j", "J", .lower, "System energy less idle power times the window."),
    Metric("energy_battery_net_j", "J", .lower, "Battery energy less idle power times the window."),
    // Per token, and what follows from them.
    Metric("energy_package_j_per_token", "J/token", .lower, "Gross package energy per token of the phase."),
    Metric("energy_package_net_j_per_token", "J/token", .lower, "Net package energy per token of the phase."),
    Metric("energy_dram_j_per_token", "J/token", .lower, "Gross memory energy per token of the phase."),
    Metric("energy_cpu_mem_j_per_token", "J/token", .lower, "Gross package and memory energy per token of the phase."),
    Metric("energy_psys_j_per_token", "J/token", .lower, "Gross platform energy per token of the phase."),
    Metric("energy_system_j_per_token", "J/token", .lower, "Gross system energy per token of the phase."),
    Metric("energy_battery_j_per_token", "J/token", .lower, "Battery energy per token of the phase."),
    Metric("power_package_w", "W", .lower, "Mean power of the packages over the window."),
    Metric("power_dram_w", "W", .lower, "Mean power of the memory over the window."),
    Metric("power_psys_w", "W", .lower, "Mean power of the platform over the window."),
    Metric("power_system_w", "W", .lower, "Mean power of the system over the window."),
    Metric("power_battery_w", "W", .lower, "Mean power taken from the battery over the window."),
    Metric("rate_tokens_per_kwh", "token/kWh", .higher, "Tokens per kilowatt-hour of gross package energy."),
    Metric(
      "energy_delay_package_js", "J·s", .lower, "Gross package energy of one token times the time of one token."),
    // The neighbourhood of the window.
    Metric(
      "cpu_foreign_fraction", "1", .lower, "CPU time of the whole machine that other programs used, of its wall time."),
    Metric("cpu_steal_fraction", "1", .lower, "CPU time of the cell's CPUs that a hypervisor took, of its wall time."),
    // Estimates: their own names, never mixed with what was measured.
    Metric(
      "estimated_energy_arithmetic_j", "J", .lower,
      "Estimated arithmetic energy of the matrix products at 7 nm (arXiv 2310.11453 table 2); no memory traffic."),
    Metric(
      "estimated_energy_arithmetic_j_per_token", "J/token", .lower,
      "The same estimate, divided by the tokens of the phase."),
    // Under a hypervisor, the host's energy by a share of CPU time passes for a counter's: the same names, estimated.
    Metric("estimated_energy_package_j", "J", .lower, "Energy of the CPU packages as a hypervisor gives it."),
    Metric(
      "estimated_energy_dram_j", "J", .lower, "Energy of the memory that the packages meter as a hypervisor gives it."),
    Metric(
      "estimated_energy_cpu_mem_j", "J", .lower, "Energy of the packages and memory together as a hypervisor gives it."),
    Metric("estimated_energy_psys_j", "J", .lower, "Energy of the platform as a hypervisor gives it."),
    Metric("estimated_energy_core_j", "J", .neutral, "Energy of the cores' domain as a hypervisor gives it."),
    Metric(
      "estimated_energy_uncore_j", "J", .neutral, "Energy of the domain beside the cores as a hypervisor gives it."),
    Metric("estimated_energy_system_j", "J", .lower, "Energy of the system as a hypervisor gives it."),
    Metric("estimated_energy_battery_j", "J", .lower, "Energy of the battery as a hypervisor gives it."),
    Metric("estimated_power_package_w", "W", .lower, "Mean power of the packages as a hypervisor gives it."),
    Metric("estimated_power_dram_w", "W", .lower, "Mean power of the memory as a hypervisor gives it."),
    Metric("estimated_power_psys_w", "W", .lower, "Mean power of the platform as a hypervisor gives it."),
    Metric("estimated_power_system_w", "W", .lower, "Mean power of the system as a hypervisor gives it."),
    Metric("estimated_power_battery_w", "W", .lower, "Mean power of the battery as a hypervisor gives it."),
  ]

  /// The metric of that name, if the schema knows it.
  public static func named(_ name: String) -> Metric? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private init(_ name: String, _ unit: String, _ better: Direction, _ summary: String) {
    self.name = name
    self.unit = unit
    self.better = better
    self.summary = summary
  }
}
