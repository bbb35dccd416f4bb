import Records

/// Builds records from a rule instead of a machine, for tests that need many shapes of record and no clock.
struct SyntheticRun {
  /// A model with a made-up size.
  struct Model {
    var name: String
    var parameters: Int
    /// Why its cells are skipped, where they are.
    var tooLarge: String?
  }

  var models = [Model(name: "paper-125m", parameters: 128_400_000), Model(name: "paper-700m", parameters: 728_700_000)]
  /// Kernels as `name@isa`, with their speed over that of the first.
  var kernels: [(id: String, speed: Double)] = [("f16@avx2", 1), ("naive@portable", 0.21), ("simd@avx2", 4.4)]
  var threads = [1, 2, 4]
  var phases = ["tg32", "pp64"]
  var repetitions = 6
  /// Adds the probes and what they bound.
  var hasCeilings = true
  /// Adds bytes and products of the work, and their rates.
  var hasWork = false
  /// Adds energies of three domains, and idle power.
  var hasEnergy = false
  /// Adds counts of hardware events.
  var hasCounters = false
  /// Adds where the time of a pass goes.
  var hasBreakdown = false
  /// Adds the eight matrix products of bitnet.cpp's table.
  var hasMatrices = false

  /// The record, complete, with every cell run that is not too large.
  func record() throws -> RunRecord {
    var record = RunRecord(
      id: "2026-01-02T03-04-05Z-synthetic-0123abc", startedAt: "2026-01-02T03:04:05Z", tool: Self.tool,
      command: ["tern", "run", "Suites/synthetic.toml"], suite: Self.suite, machine: Self.machine,
      meters: Self.meters, schedule: ScheduleRecord(order: "interleaved", seed: 7), warnings: Self.warnings)
    record.cells = try cells() + (hasMatrices ? matrices() : [])
    if hasEnergy { addEnergy(to: &record) }
    record.status = .complete
    record.finishedAt = "2026-01-02T03:09:05Z"
    record.overhead = OverheadRecord(
      timeTotalNs: 300_000_000_000, timeMeasuredNs: 232_000_000_000, timeLoadNs: 21_000_000_000,
      timeWarmupNs: 44_600_000_000, timeCooldownNs: 0)
    return record
  }

  /// The product of the lists, then the ceilings.
  private func cells() throws -> [CellRecord] {
    var cells: [CellRecord] = []
    for model in models {
      for (kernel, speed) in kernels {
        for count in threads {
          for phase in phases { cells.append(try cell(model, kernel, speed, count, PhaseRecord(label: phase))) }
        }
      }
    }
    return hasCeilings ? cells + (try ceilings()) : cells
  }

  private func cell(
    _ model: Model, _ kernel: String, _ speed: Double, _ threads: Int, _ phase: PhaseRecord
  ) throws -> CellRecord {
    let prefillGain = (phase.prompt ?? 0) > 0 ? 5.0 : 1.0
    // More threads help less and less, as they do where memory is the limit.
    let rate = 2.6e10 / Double(model.parameters) * speed * prefillGain * Double(threads) / (1 + 0.12 * Double(threads))
    let identity = Self.kernel(kernel)
    var cell = CellRecord(
      id: "\(model.name)/\(kernel)/\(threads)/pinned/\(phase.label)", caseName: "sweep",
      model: ModelIdentity(
        name: model.name, format: "synthetic", seed: 1, parameters: model.parameters,
        ternaryParameters: model.parameters * 9 / 10, head: "f16"),
      kernel: identity, threads: threads, placement: "pinned", phase: phase, outcome: .ok,
      warnings: ["W-virtual"],
      estimates: [
        "estimated_energy_arithmetic_j_per_token": Double(model.parameters) * (identity.name == "f16" ? 5e-13 : 1e-14)
      ])
    if let reason = model.tooLarge {
      cell.outcome = .skipped(reason: reason)
      cell.estimates = nil
    } else {
      cell.samples = samples(rate: rate, phase: phase, salt: cell.id.utf8.count)
      if hasWork { addWork(to: &cell) }
      if hasEnergy { addEnergy(to: &cell, watts: 9 + 6 * Double(threads)) }
      if hasCounters { addCounters(to: &cell) }
      if hasBreakdown { addBreakdown(to: &cell) }
    }
    return cell
  }

  /// Repetitions that differ by a few per cent, the same every time.
  private func samples(rate: Double, phase: PhaseRecord, salt: Int) -> [SampleRecord] {
    (0..<repetitions).map { repetition in
      let wobble = 1 + 0.012 * Double((repetition * 7 + salt * 3) % 5 - 2)
      let tokens = phase.generate ?? phase.prompt ?? 1
      let tokenNs = 1e9 / (rate * wobble)
      return SampleRecord(
        repetition: repetition, positionInRun: repetition * 10, startedAt: "2026-01-02T03:05:00Z", iterations: 1,
        metrics: [
          "rate_tokens_per_s": rate * wobble, "time_wall_ns": tokenNs * Double(tokens),
          "memory_peak_rss_bytes": 6.1e8,
        ],
        tokenTimesNs: phase.generate.map { count in
          (0..<count).map { Int(tokenNs * (1 + 0.02 * Double($0 % 7) + ($0 == 9 ? 0.8 : 0))) }
        })
    }
  }

  /// One vector and many against the probes of the same round.
  private func ceilings() throws -> [CellRecord] {
    let model = models.first { $0.tooLarge == nil } ?? models[0]
    let plan: [(String, String?, String, Double)] = [
      ("probe:read", nil, "rate_bytes_per_s", 2.31e10), ("probe:int8", nil, "rate_macs_per_s", 3.1e11),
      ("gemv", "f16@avx2", "rate_bytes_per_s", 2.02e10), ("gemv", "simd@avx2", "rate_bytes_per_s", 1.94e10),
      ("gemv", "naive@portable", "rate_bytes_per_s", 0.9e9), ("head", "simd@avx2", "rate_bytes_per_s", 2.11e10),
      ("gemm64", "simd@avx2", "rate_macs_per_s", 1.2e11),
    ]
    return try plan.map { label, kernel, metric, rate in
      CellRecord(
        id: "\(kernel ?? "machine")/4/\(label)", caseName: "ceilings",
        model: kernel.map { _ in
          ModelIdentity(
            name: model.name, format: "synthetic", seed: 1, parameters: model.parameters,
            ternaryParameters: model.parameters, head: "f16")
        }, kernel: kernel.map(Self.kernel), threads: 4, placement: "pinned", phase: try PhaseRecord(label: label),
        outcome: .ok,
        samples: (0..<repetitions).map { repetition in
          SampleRecord(
            repetition: repetition, positionInRun: repetition, startedAt: "2026-01-02T03:05:00Z", iterations: 3,
            metrics: [metric: rate * (1 + 0.01 * Double(repetition % 3))])
        })
    }
  }

  // MARK: Around the cells

  static func kernel(_ id: String) -> KernelIdentity {
    let parts = id.split(separator: "@").map(String.init)
    return KernelIdentity(
      name: parts[0], isa: parts.count > 1 ? parts[1] : nil, packing: parts[0] == "f16" ? "f16" : "b2",
      bitsPerWeight: parts[0] == "f16" ? 16 : 2)
  }

  static let tool = ToolIdentity(
    name: "tern", version: "0.1.0", commit: "0123abc", dirty: false, swift: "6.3.1", clang: "17.0.0",
    configuration: "release")

  static let suite = SuiteIdentity(
    name: "synthetic", sha256: String(repeating: "ab", count: 32), text: "name = \"synthetic\"\n",
    question: "How fast do ternary models generate text on this machine, and which kernel should run them?",
    analysis: "Decoding reads every weight once per token.\n\nA ternary weight takes 2 bits where f16 takes 16.")

  static let machine = MachineRecord(
    name: "epyc-7b13-a1f3", hostHash: "a1f3a1f3a1f3a1f3", os: "Debian GNU/Linux 12 (bookworm)",
    kernelRelease: "6.1.0-18-amd64", architecture: "x86_64", virtualization: "kvm",
    cpu: CPURecord(
      vendor: "AuthenticAMD", model: "AMD EPYC 7B13", family: 25, modelNumber: 1, stepping: 1, sockets: 1,
      coresPhysical: 4, cpusUsable: 8, cpusOnline: 8, smt: true, isa: ["portable", "avx2", "f16c"]),
    caches: [
      CacheRecord(level: 1, type: "data", sizeBytes: 32 << 10, sharedByCpus: 2),
      CacheRecord(level: 3, type: "unified", sizeBytes: 32 << 20, sharedByCpus: 8),
    ], memoryTotalBytes: 32 << 30, memoryAvailableBytes: 29 << 30,
    numaNodes: [NUMANodeRecord(id: 0, cpus: Array(0..<8), memoryTotalBytes: 32 << 30, distances: [10])],
    frequency: FrequencyRecord(driver: "acpi-cpufreq", governor: "performance", turbo: true),
    settings: ["perf_event_paranoid": "2", "transparent_hugepage": "always"], loadAverage1m: 0.31)

  static let meters = [
    MeterRecord(
      id: "time", source: "CLOCK_MONOTONIC_RAW", scope: "process", available: true, resolutionNs: 1, overheadNs: 41),
    MeterRecord(
      id: "energy", source: "powercap intel-rapl", scope: "package", available: false,
      reason: "/sys/class/powercap holds no intel-rapl zone: this virtual machine does not show its host's counters.",
      fix: "run on the host, or on a bare-metal machine"),
  ]

  static let warnings = [
    WarningRecord(id: "W-virtual", message: "This is a virtual machine: neighbours may slow it.", fix: nil),
    WarningRecord(
      id: "W-turbo", message: "Turbo is on: repetitions may drift as the processor warms up.",
      fix: "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"),
  ]
}
