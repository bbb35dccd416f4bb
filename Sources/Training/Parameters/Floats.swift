import Kernels

/// Floats that live as long as their owner: page-aligned, zero at first.
///
/// Sharing is safe as long as writers touch disjoint parts and readers come after them.
final class Floats: @unchecked Sendable {
  /// The first of them.
  let address: UnsafeMutablePointer<Float>
  /// How many there are.
  let count: Int
  private let buffer: AlignedBuffer

  /// Takes the memory.
  ///
  /// - Throws: `KernelError` when the system refuses.
  init(_ count: Int) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard !overflow else { throw KernelError.outOfMemory(bytes: count) }
    buffer = try AlignedBuffer(bytes: bytes)
    address = buffer.address.assumingMemoryBound(to: Float.self)
    self.count = count
  }

  /// All of them.
  var all: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: address, count: count) }
}
