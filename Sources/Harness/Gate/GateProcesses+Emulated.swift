import Foundation
import Meters
import Records
import Suites

/// The CPU that valgrind emulates: what runs on it is counted exactly, whatever else the machine does.
public struct Emulator: Sendable {
  /// The program.
  let valgrind: String
  /// The program that takes debugging information out of another.
  let strip: String
  /// "valgrind-3.19.0".
  public let version: String

  /// What is run on it.
  public static let threads = 1
}

extension GateProcesses {
  /// Entries of the allocator, of which some call others.
  static let allocators: Set<String> = Set(
    ["malloc", "calloc", "realloc", "reallocarray", "posix_memalign", "aligned_alloc", "memalign", "valloc", "pvalloc"]
      .flatMap { [$0, "__libc_\($0)", "__\($0)"] })

  /// Finds valgrind, and what else it needs.
  ///
  /// - Throws: `GateError` with what to install.
  public func findEmulator() throws -> Emulator {
    func find(_ name: String, _ package: String) throws -> String {
      do { return try Program([name]).path } catch {
        throw GateError("\(name) is not in PATH: sudo apt-get install \(package)")
      }
    }
    let (valgrind, strip) = (try find("valgrind", "valgrind"), try find("strip", "binutils"))
    let (end, out, errors) = try inFolder {
      try call([valgrind, "--version"], environment: ProcessInfo.processInfo.environment, in: $0, timeoutSeconds: 30)
    }
    guard end == .exited(0) else { throw GateError("\(valgrind) \(Self.words(end, errors))") }
    return Emulator(
      valgrind: valgrind, strip: strip, version: out.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// A copy of a program without debugging information, which valgrind need not read then: versions of it fail at
  /// DWARF 5, and all take seconds for it.
  ///
  /// - Throws: `GateError` when the program cannot be copied.
  public func forEmulation(_ binary: GateBinary, on emulator: Emulator) throws -> GateBinary {
    let copy = "\(folder)/\(binary.role)"
    let (end, _, errors) = try inFolder {
      try call(
        [emulator.strip, "--strip-debug", "-o", copy, binary.path],
        environment: ProcessInfo.processInfo.environment, in: $0)
    }
    guard end == .exited(0) else { throw GateError("\(binary.path): strip \(Self.words(end, errors))") }
    return GateBinary(role: binary.role, path: copy)
  }

  /// Counts what one window of a letter does; the binary is one that `forEmulation` made.
  ///
  /// - Throws: as `measure`.
  public func count(_ letter: GateLetter, by binary: GateBinary, on emulator: Emulator) throws -> [String: Double] {
    try inFolder { place in
      let output = "\(place)/callgrind.out"
      let record = try run(
        letter,
        [
          // Cache simulation is what counts reads and writes at all; what it says of caches is not used.
          emulator.valgrind, "--tool=callgrind", "--quiet", "--instr-atstart=no", "--cache-sim=yes",
          "--callgrind-out-file=\(output)", binary.path,
        ], by: binary, in: place, options: Self.acceptances, environment: Self.environment(of: binary))
      let seen = try GateMeasurement(
        record, of: letter, by: binary.role, iterations: letter.suite.cases[0].iterations)
      guard let text = try? String(contentsOfFile: output, encoding: .utf8) else {
        throw LetterFailure("\(binary.role) ran under valgrind, which wrote no counts")
      }
      let counts: CallgrindOutput
      do { counts = try CallgrindOutput(text, countingCallsOf: Self.allocators) } catch {
        throw LetterFailure("what valgrind counted of \(binary.role) cannot be read: \(error)")
      }
      // A window that was never opened leaves nothing.
      guard let instructions = counts.totals["Ir"], instructions > 0 else {
        throw LetterFailure(
          "\(binary.role) does not tell valgrind where its window is: its revision is older than that")
      }
      var values = [
        "proxy_instructions_per_token": Double(instructions), "proxy_allocations_per_token": Double(counts.calls),
      ]
      values["proxy_data_reads_per_token"] = counts.totals["Dr"].map(Double.init)
      values["proxy_data_writes_per_token"] = counts.totals["Dw"].map(Double.init)
      values = values.mapValues { $0 / seen.tokens }
      values["proxy_weight_bytes_per_token"] = seen.values["proxy_weight_bytes_per_token"]
      return values
    }
  }

  /// On an emulated CPU the clock says nothing, so nothing that it says may repeat a window.
  private static let acceptances =
    [
      "W-throttled", "W-steal", "W-foreign-load", "W-affinity", "W-suspended", "W-settings-changed", "W-thermal",
      "W-temperature", "W-numa-misplaced", "W-frequency-spread", "W-outside-cpuset", "W-pressure", "W-preempted",
      "W-migrated",
    ].flatMap { ["--allow", $0] }

  /// The same for both sides, of the same size, and without what a user has set: addresses and hashes then repeat.
  private static func environment(of binary: GateBinary) -> [String: String] {
    let kept = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
    var all = kept.merging(["SWIFT_DETERMINISTIC_HASHING": "1", "LC_ALL": "C"]) { $1 }
    all["TERN_INJECT_SLOWDOWN"] = binary.injectedSlowdown
    return all
  }
}
