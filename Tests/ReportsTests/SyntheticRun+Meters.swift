import Records

/// Energies, counts and matrices by rule, for figures of what few machines can be asked.
extension SyntheticRun {
  /// Everything at once, on the model sizes of the papers.
  static var rich: SyntheticRun {
    var run = SyntheticRun()
    let sizes: [(String, Int)] = [
      ("125m", 128_400_000), ("350m", 360_000_000), ("700m", 728_700_000), ("1b", 996_600_000), ("1.5b", 1_502_500_000),
      ("2.5b", 2_460_900_000), ("3.8b", 3_803_400_000), ("7b", 7_009_800_000), ("13b", 12_851_700_000),
      ("30b", 30_474_900_000), ("70b", 70_055_400_000),
    ]
    run.models = sizes.map { Model(name: "paper-\($0.0)", parameters: $0.1) }
    run.models.append(Model(name: "bitnet-2b-4t", parameters: 2_412_820_480))
    run.models.append(
      Model(name: "paper-100b", parameters: 100_220_900_000, tooLarge: "needs 26.1 GiB, 21.7 GiB available"))
    run.kernels = [("f16@avx2", 1), ("simd@avx2", 4.4), ("lut@avx2", 4.9)]
    run.threads = [1, 2, 4, 8]
    run.phases = ["tg128", "pp128"]
    run.hasWork = true
    run.hasEnergy = true
    run.hasCounters = true
    run.hasBreakdown = true
    run.hasMatrices = true
    return run
  }

  func addWork(to cell: inout CellRecord) {
    guard let model = cell.model, let bits = cell.kernel?.bitsPerWeight else { return }
    let tokens = Double(cell.phase.generate ?? cell.phase.prompt ?? 1)
    let passes = cell.phase.generate.map(Double.init) ?? 1
    let bytes = (Double(model.ternaryParameters) * bits / 8 + Double(model.parameters - model.ternaryParameters) * 2)
    cell.facts = [
      "macs_per_iteration": Double(model.parameters) * tokens, "bytes_per_iteration": bytes * passes,
      "tokens_per_iteration": tokens, "memory_weights_bytes": bytes,
    ]
    for index in cell.samples.indices {
      let seconds = (cell.samples[index].metrics["time_wall_ns"] ?? 1) / 1e9
      cell.samples[index].metrics["rate_macs_per_s"] = Double(model.parameters) * tokens / seconds
      cell.samples[index].metrics["rate_bytes_per_s"] = bytes * passes / seconds
    }
  }

  func addEnergy(to cell: inout CellRecord, watts: Double) {
    let tokens = Double(cell.phase.tokensPerIteration ?? 1)
    for index in cell.samples.indices {
      let seconds = (cell.samples[index].metrics["time_wall_ns"] ?? 1) / 1e9
      let joules = watts * seconds * (1 + 0.01 * Double(index % 3))
      cell.samples[index].metrics.merge([
        "energy_package_j": joules, "energy_core_j": joules * 0.61, "energy_dram_j": joules * 0.14,
        "energy_package_j_per_token": joules / tokens, "power_package_w": joules / seconds,
        "rate_tokens_per_kwh": 3.6e6 * tokens / joules,
      ]) { $1 }
      cell.samples[index].halfWidths = ["energy_package_j_per_token": joules / tokens * 0.004]
      let second = 30 + (index * 200 + cell.id.utf8.reduce(0) { ($0 * 31 + Int($1)) % 190 })
      let minutes = second / 60
      cell.samples[index].startedAt =
        "2026-01-02T03:\(minutes + 4 < 10 ? "0" : "")\(minutes + 4):\(second % 60 < 10 ? "0" : "")\(second % 60)Z"
    }
  }

  func addEnergy(to record: inout RunRecord) {
    record.meters = record.meters.filter { $0.id != "energy" }
    record.meters.append(
      MeterRecord(id: "energy", source: "powercap intel-rapl", scope: "package and memory", available: true))
    record.idlePower = [
      IdlePowerRecord(
        moment: .before, startedAt: "2026-01-02T03:04:06Z", windowNs: 20_000_000_000,
        powerW: ["energy_package_j": 9.5], halfWidthW: ["energy_package_j": 0.06])
    ]
  }

  func addCounters(to cell: inout CellRecord) {
    let scale = cell.kernel?.name == "f16" ? 1.9 : 1
    let tokens = Double(cell.phase.tokensPerIteration ?? 1)
    let weights = Double(cell.model?.parameters ?? 1)
    for index in cell.samples.indices {
      cell.samples[index].metrics.merge([
        "counter_instructions": weights * 0.31 * scale * tokens, "counter_cycles": weights * 0.2 * scale * tokens,
        "instructions_per_cycle": 1.55, "cache_last_level_misses_per_kilo_instruction": 11 * scale,
      ]) { $1 }
    }
  }

  /// A pass that takes a fiftieth longer than the first window.
  func addBreakdown(to cell: inout CellRecord) {
    guard let window = cell.samples.first?.metrics["time_wall_ns"] else { return }
    let products = cell.kernel?.name == "f16" ? 0.86 : 0.58
    let others: [String: Double] = [
      "embedding": 0.004, "norm_quantize_qkv": 0.03, "rope_store": 0.04, "attention": 0.11, "norm_quantize_o": 0.02,
      "norm_quantize_gate_up": 0.03, "norm_quantize_down": 0.05, "norm_final": 0.006, "head": 0.69,
    ]
    let ofProducts = ["qkv": 0.16, "o": 0.1, "gate_up": 0.5, "down": 0.24]
    let shares = ofProducts.mapValues { $0 * products }.merging(others.mapValues { $0 * (1 - products) }) { $1 }
    let wall = window * 1.02
    cell.timeBreakdown = TimeBreakdownRecord(
      tokens: cell.phase.tokensPerIteration ?? 1, timeWallNs: Int(wall),
      timeByOperationNs: shares.mapValues { Int(wall * $0) }, forkJoins: 301)
  }

  func matrices() throws -> [CellRecord] {
    let plan: [(shape: String, phase: String)] = [
      ("2048x2048", "gemv"), ("2048x2048", "gemm32"), ("2048x2048", "gemm128"), ("2048x2048", "gemm256"),
      ("2048x2048", "gemm512"), ("2048x2048", "gemm2048"), ("2048x8192", "gemm128"), ("8192x2048", "gemm128"),
    ]
    return try plan.flatMap { shape, label in
      try kernels.map { kernel, speed in
        let phase = try PhaseRecord(label: label)
        let matrix = try MatrixShape(label: shape)
        let macs = Double(matrix.weights * (phase.batch ?? 1))
        return CellRecord(
          id: "\(shape)/\(kernel)/1/pinned/\(label)", caseName: "square",
          model: ModelIdentity(
            name: shape, format: "synthetic", seed: 1, parameters: matrix.weights, ternaryParameters: matrix.weights,
            head: "none"),
          kernel: Self.kernel(kernel), threads: 1, placement: "pinned", phase: phase, outcome: .ok,
          samples: (0..<repetitions).map { repetition in
            let wall = macs / (2e10 * speed) * 1e9 * 40 * (1 + 0.01 * Double(repetition % 4))
            return SampleRecord(
              repetition: repetition, positionInRun: repetition * 9, startedAt: "2026-01-02T03:05:00Z", iterations: 40,
              metrics: [
                "time_wall_ns": wall, "rate_bytes_per_s": 1e10 * speed, "rate_macs_per_s": macs * 40 / wall * 1e9,
              ])
          })
      }
    }
  }
}
