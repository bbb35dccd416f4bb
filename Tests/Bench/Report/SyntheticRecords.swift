import Records
import Statistics

/// Records made from a rule and a seed, in memory: what they say of machines and speeds is invented, and they are never
/// written where measured ones lie.
struct SyntheticRecords {
  /// A machine with its speed over the first one's.
  struct Host {
    var name: String
    var model: String
    var cores: Int
    var speed: Double
    var readRoof: Double
    /// Watts of the package at work; absent where no energy can be read.
    var power: Double?
  }

  static let hosts = [
    Host(name: "synthetic-a-0001", model: "Synthetic CPU A", cores: 8, speed: 1, readRoof: 38e9, power: 65),
    Host(name: "synthetic-b-0002", model: "Synthetic CPU B", cores: 64, speed: 4.1, readRoof: 190e9, power: 240),
    Host(name: "synthetic-c-0003", model: "Synthetic CPU C", cores: 4, speed: 0.4, readRoof: 21e9, power: nil),
  ]

  var host = Self.hosts[0]
  var models: [(name: String, parameters: Int)] = [("paper-700m", 728_700_000), ("bitnet-2b-4t", 2_412_000_000)]
  var kernels: [(name: String, isa: String, speed: Double)] = [
    ("f16", "avx2", 1), ("naive", "portable", 0.2), ("simd", "avx2", 4.3), ("lut", "avx2", 3.6),
  ]
  var threads = [1, 2, 4]
  var phases = ["tg32", "pp64"]
  var repetitions = 7
  var suite = "synthetic"
  var commit = "0123abc"
  var day = 1
  var factor = 1.0
  var seed: UInt64 = 1

  /// The record, complete.
  func record() throws -> RunRecord {
    var random = SplitMix64(seed: seed)
    let month = String(day / 28 % 12 + 1)
    let date = "2026-\(month.count == 1 ? "0" : "")\(month)-\(day % 28 < 9 ? "0" : "")\(day % 28 + 1)"
    var record = RunRecord(
      id: "\(date)T03-04-05Z-\(suite)-\(commit)", startedAt: "\(date)T03:04:05Z",
      tool: ToolIdentity(
        name: "tern", version: "0.0.0", commit: commit, dirty: false, swift: nil, clang: nil, configuration: "release"),
      command: ["tern", "run", suite],
      suite: SuiteIdentity(
        name: suite, sha256: String(repeating: suite == "synthetic" ? "ab" : "cd", count: 32),
        text: "name = \"\(suite)\"\n", question: "How fast and at how many joules do synthetic models run?",
        analysis: "Every number on this page is made from a rule: it shows how a page looks, and measures nothing."),
      machine: machine, meters: meters, schedule: ScheduleRecord(order: "interleaved", seed: seed))
    record.cells = try cells(&random)
    record.status = .complete
    record.finishedAt = "\(date)T03:09:05Z"
    return record
  }

  private var machine: MachineRecord {
    MachineRecord(
      name: host.name, hostHash: String(host.name.suffix(4)), os: "Synthetic OS", kernelRelease: "6.1",
      architecture: "x86_64",
      cpu: CPURecord(
        vendor: "Synthetic", model: host.model, sockets: 1, coresPhysical: host.cores, cpusUsable: 2 * host.cores,
        cpusOnline: 2 * host.cores, smt: true, isa: ["portable", "avx2"]),
      caches: [CacheRecord(level: 3, type: "unified", sizeBytes: host.cores << 21, sharedByCpus: host.cores)],
      memoryTotalBytes: host.cores << 32, settings: ["transparent_hugepage": host.cores > 8 ? "always" : "madvise"])
  }

  private var meters: [MeterRecord] {
    [
      MeterRecord(id: "time", source: "CLOCK_MONOTONIC_RAW", scope: "process", available: true),
      host.power == nil
        ? MeterRecord(
          id: "energy", source: "powercap", available: false, reason: "the synthetic machine has no power meter",
          fix: "none: it is synthetic")
        : MeterRecord(
          id: "energy", source: "powercap synthetic-rapl", scope: "package", available: true,
          updateIntervalNs: 1_000_000),
    ]
  }

  private func cells(_ random: inout SplitMix64) throws -> [CellRecord] {
    var cells: [CellRecord] = []
    for model in models {
      for kernel in kernels {
        for count in threads {
          for phase in phases {
            let rate = rate(model.parameters, kernel.speed, count, try PhaseRecord(label: phase))
            var cell = CellRecord(
              id: "sweep/\(model.name)/\(kernel.name)@\(kernel.isa)/\(count)/pinned/\(phase)", caseName: "sweep",
              model: ModelIdentity(
                name: model.name, format: "synthetic", seed: 1, parameters: model.parameters,
                ternaryParameters: model.parameters * 9 / 10, head: "f16"),
              kernel: identity(kernel), threads: count, placement: "pinned", phase: try PhaseRecord(label: phase),
              outcome: .ok,
              estimates: [
                "estimated_energy_arithmetic_j_per_token": Double(model.parameters)
                  * (kernel.name == "f16" ? 5e-13 : 1e-14)
              ], samples: samples(rate, tokens: 32, &random))
            cell.timeBreakdown = breakdown(rate, speed: kernel.speed)
            cells.append(cell)
          }
        }
      }
    }
    let probe = samples(host.readRoof, metric: "rate_bytes_per_s", tokens: 1, &random)
    cells.append(
      CellRecord(
        id: "ceilings/machine/4/pinned/probe:read", caseName: "ceilings", model: nil, kernel: nil, threads: 4,
        placement: "pinned", phase: try PhaseRecord(label: "probe:read"), outcome: .ok, samples: probe))
    return cells
  }

  private func identity(_ kernel: (name: String, isa: String, speed: Double)) -> KernelIdentity {
    KernelIdentity(
      name: kernel.name, isa: kernel.isa, packing: kernel.name == "f16" ? "f16" : "b2",
      bitsPerWeight: kernel.name == "f16" ? 16 : 2)
  }

  /// More threads help less and less, as they do where memory is the limit.
  private func rate(_ parameters: Int, _ speed: Double, _ threads: Int, _ phase: PhaseRecord) -> Double {
    let prefill = (phase.prompt ?? 0) > 0 ? 5.0 : 1.0
    return 1.5e10 / Double(parameters) * speed * host.speed * factor * prefill * Double(threads)
      / (1 + 0.12 * Double(threads))
  }

  /// Products shrink with the kernel's speed; head, attention and norms take what they take.
  private func breakdown(_ rate: Double, speed: Double) -> TimeBreakdownRecord {
    let work = ["qkv": 14.0, "o": 9, "gate_up": 42, "down": 21].mapValues { $0 / speed }
      .merging([
        "norm_quantize_qkv": 0.4, "rope_store": 0.3, "attention": 1.1, "norm_quantize_o": 0.3, "head": 7,
        "norm_quantize_gate_up": 0.4, "norm_quantize_down": 0.9, "norm_final": 0.02, "embedding": 0.01,
      ]) { $1 }
    let wallNs = 1.01e9 / rate
    let scale = wallNs * 0.997 / work.values.reduce(0, +)
    return TimeBreakdownRecord(
      tokens: 1, timeWallNs: Int(wallNs), timeByOperationNs: work.mapValues { Int($0 * scale) }, forkJoins: 302)
  }

  private func samples(
    _ rate: Double, metric: String = "rate_tokens_per_s", tokens: Int, _ random: inout SplitMix64
  ) -> [SampleRecord] {
    (0..<repetitions).map { repetition in
      // Two per cent either way.
      let value = rate * (1 + 0.04 * (Double(random.next() >> 11) * 0x1p-53 - 0.5))
      var metrics = [metric: value, "time_wall_ns": 1e9 * Double(tokens) / value, "memory_peak_rss_bytes": 6.1e8]
      if metric == "rate_tokens_per_s" { metrics["rate_bytes_per_s"] = value * 5e8 }
      var halfWidths: [String: Double]?
      if let power = host.power, metric == "rate_tokens_per_s" {
        metrics["energy_package_j"] = power / value * Double(tokens)
        metrics["energy_package_j_per_token"] = power / value
        metrics["energy_package_net_j_per_token"] = 0.7 * power / value
        metrics["power_package_w"] = power
        metrics["rate_tokens_per_kwh"] = 3.6e6 * value / power
        halfWidths = ["energy_package_j_per_token": 0.01 * power / value]
      }
      return SampleRecord(
        repetition: repetition, positionInRun: repetition, startedAt: "2026-01-02T03:05:00Z", iterations: 1,
        metrics: metrics, halfWidths: halfWidths)
    }
  }
}
