import ArgumentParser
import Engine
import Foundation
import Harness
import Kernels
import Machine
import Suites

/// Flags that every command with output for people has.
struct OutputOptions: ParsableArguments {
  @Option(help: "Colour: auto, always or never. NO_COLOR is respected.")
  var color: ColorChoice = .auto

  @Flag(name: [.customShort("q"), .long], help: "No progress on stderr; warnings and errors remain.")
  var quiet = false
}

/// Flags of the commands that run one model once.
struct ModelOptions: ParsableArguments {
  @Option(
    name: [.customShort("k"), .long],
    help: "The kernel: a name such as simd, one with its instruction set such as simd@avx2, auto or numa.")
  var kernel: String?

  @Option(name: [.customShort("t"), .long], help: "Worker threads (default: one per physical core).")
  var threads: Int?

  @Option(help: "Where threads run: free, pinned or numa.")
  var placement: Placement = .pinned

  @Option(
    name: .customLong("kv"),
    help: "How keys and values are kept: f32, f16 in half of the memory, or int8 in little more than a quarter.")
  var cacheFormat: CacheFormat = .f32

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 thread is needed") }
  }

  /// The kernel asked for, or TERN_KERNEL's; nil for what the model is usually run with.
  ///
  /// Refused here if nothing of that name can run.
  func kernelName() throws -> String? {
    guard let name = kernel ?? Self.forcedKernel else { return nil }
    do { _ = try KernelSelector.estimate(name) } catch { throw ValidationError("\(error)") }
    return name
  }

  /// The threads asked for, ready to work.
  func makePool(machine: Machine) throws -> ThreadPool {
    let count = threads ?? machine.coresPhysical
    let usable = machine.cpusForPinning()
    if count > usable.count {
      Console.note("W-oversubscribed  \(count) threads on \(usable.count) usable CPUs will share them")
    }
    let own = try kernelName().flatMap(AutomaticKernel.init)?.placement.flatMap(Placement.init)
    return try ThreadPool(threads: count, placement: own ?? placement, cpus: usable)
  }

  /// Ends with the status of bad usage when a kernel that is asked for by name cannot run here.
  static func refuseUnavailable(_ names: [String], flag: String, in context: SuiteContext) throws {
    for name in names {
      if let refusal = context.refusal(ofKernel: name) { throw ValidationError("\(flag) \(name): \(refusal)") }
    }
  }

  /// What TERN_KERNEL forces, if it is set.
  static var forcedKernel: String? {
    ProcessInfo.processInfo.environment["TERN_KERNEL"].flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension Placement: ExpressibleByArgument {}
extension CacheFormat: ExpressibleByArgument {}

/// A comma-separated list of token ids: "1,2,3".
struct TokenIDs: ExpressibleByArgument {
  let ids: [Int32]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let ids = parts.compactMap { Int32($0.trimmingCharacters(in: .whitespaces)) }
    guard ids.count == parts.count, ids.allSatisfy({ $0 >= 0 }) else { return nil }
    self.ids = ids
  }
}
