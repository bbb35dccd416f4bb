import ArgumentParser
import Engine
import Foundation
import Harness
import Machine
import Records
import Suites

extension BenchCommand {
  /// The suite that the flags amount to; its text goes into the record, so that `tern run` can repeat it.
  func makeSuite(machine: Machine) throws -> Suite {
    let isOfShapes = !shape.isEmpty
    let models = isOfShapes ? [] : given(model, or: "bitnet-2b-4t")
    let test = SuiteCase(
      name: "bench", models: models, shapes: CommaList.items(shape),
      kernels: namedKernels ?? standardKernels(of: models), threads: CommaList.items(threads),
      placements: CommaList.items(placement),
      phases: try isOfShapes ? products(machine: machine) : phases(machine: machine), repetitions: repetitions,
      // A product of one matrix takes microseconds, which no clock resolves well.
      minTimeSeconds: minTime ?? (isOfShapes ? 0.2 : 0), warmup: noWarmup ? 0 : 3, cooldownSeconds: delay,
      profile: profile)
    var probes = test
    probes.name = "ceilings"
    (probes.models, probes.shapes, probes.kernels, probes.phases) = ([], [], [], PhaseRecord.probes)
    return Suite(
      name: "bench", order: .interleaved, seed: 1,
      meters: ["cpu", "energy", "memory", "time"] + (counters.isEmpty ? [] : ["counters"]),
      counters: counters.isEmpty ? SuiteDefaults.counters : CommaList.items(counters), baselineSeconds: baseline,
      cacheFormat: cacheFormat.rawValue,
      cases: ceilings ? [probes, test] : [test])
  }

  /// What the flags say, or what stands for nothing.
  private func given(_ values: [String], or standard: String) -> [String] {
    values.isEmpty ? [standard] : CommaList.items(values)
  }

  /// "gemv", "gemm128", …: one per batch.
  private func products(machine: Machine) throws -> [String] {
    try numbers(given(batch, or: "1,128"), flag: "--batch", machine: machine).map { count in
      guard count > 0 else { throw ValidationError("--batch 0: at least one vector is multiplied") }
      return count == 1 ? "gemv" : "gemm\(count)"
    }
  }

  /// Those of -k, or TERN_KERNEL's; nil where there are none.
  var namedKernels: [String]? {
    kernel.isEmpty ? ModelOptions.forcedKernel.map { [$0] } : CommaList.items(kernel)
  }

  /// What the models are usually run with: simd, and f16 where weights are dense; both where there are both kinds.
  ///
  /// A pattern names models of the zoo, and what cannot be opened is refused where cells are made.
  private func standardKernels(of models: [String]) -> [String] {
    let names = Set(models.map { name in (try? ModelReference(name)).map { KernelSelector.standard(for: $0.shape) } })
    return names.isEmpty ? ["simd"] : Set(names.map { $0 ?? "simd" }).sorted()
  }

  /// "pp512", "tg128@d1024", …: one per length and depth, then the pairs of -pg.
  private func phases(machine: Machine) throws -> [String] {
    let depths = try numbers(given(depth, or: "0"), flag: "-d", machine: machine)
    let prompts = try numbers(given(prompt, or: "512"), flag: "-p", machine: machine).filter { $0 > 0 }.map {
      "pp\($0)"
    }
    let generations = try numbers(given(generate, or: "128"), flag: "-n", machine: machine).filter { $0 > 0 }.map {
      "tg\($0)"
    }
    let pairs = try promptGenerate.map { pair in
      let parts = CommaList.items([pair]).compactMap { Int($0) }
      guard parts.count == 2, parts.allSatisfy({ $0 > 0 }) else {
        throw ValidationError("-pg \(pair): two numbers are needed, for example -pg 512,128")
      }
      return "pp\(parts[0])+tg\(parts[1])"
    }
    let tests = prompts + generations + pairs
    if tests.isEmpty { throw ValidationError("nothing to run: -p and -n are both 0") }
    return tests.flatMap { test in depths.map { $0 == 0 ? test : "\(test)@d\($0)" } }
  }

  /// Numbers and llama-bench's ranges; 0 stands for "none".
  private func numbers(_ values: [String], flag: String, machine: Machine) throws -> [Int] {
    try CommaList.items(values).flatMap { text -> [Int] in
      if text == "0" { return [0] }
      do {
        return try ThreadRange.parse(text, all: machine.coresPhysical, largest: PhaseRecord.largestCount)
      } catch {
        throw ValidationError("\(flag) \(text): a number or a range such as 128-1024*2 is needed")
      }
    }
  }
}
