import Engine
import Kernels
import Records
import Synchronization

/// A ceiling of the machine, run by the same threads as the kernels: how fast memory is read, how fast int8 is multiplied.
final class ProbeWorkload: Workload {
  let facts: WorkloadFacts
  private let probe: Probe
  private let pool: ThreadPool
  private let buffer: AlignedBuffer?
  /// What the probes return is kept, so that no compiler may drop the work.
  private let sink = Atomic<UInt64>(0)

  /// Enough to drown a fork and join (microseconds) in work (tens of milliseconds).
  private static let macsPerThread = 1 << 32

  init(probe: Probe, pool: ThreadPool, buffer: AlignedBuffer?) {
    self.probe = probe
    self.pool = pool
    self.buffer = buffer
    facts = WorkloadFacts(
      cpus: pool.placement == .free ? nil : pool.cpus,
      bytesPerIteration: buffer?.bytes,
      macsPerIteration: buffer == nil ? Self.macsPerThread * pool.threads : nil)
  }

  func prime() throws { pool.run { _ in } }

  func run(iterations: Int) throws -> WorkloadOutput {
    for _ in 0..<iterations {
      if let buffer { readAll(of: buffer) } else { multiply() }
    }
    return WorkloadOutput()
  }

  func digest() -> String? { nil }

  /// Each thread reads its own contiguous part, in units of a huge page.
  private func readAll(of buffer: AlignedBuffer) {
    let base = UInt(bitPattern: buffer.address)
    pool.parallelRows(buffer.bytes, multipleOf: 1 << 21) { _, bytes in
      let part = UnsafePointer<UInt8>(bitPattern: base + UInt(bytes.lowerBound))
      sink.wrappingAdd(probe.run(buffer: part, bytes: bytes.count, work: bytes.count), ordering: .relaxed)
    }
  }

  private func multiply() {
    pool.run { _ in
      sink.wrappingAdd(probe.run(work: Self.macsPerThread), ordering: .relaxed)
    }
  }
}
