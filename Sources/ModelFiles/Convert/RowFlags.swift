/// A flag per row, set by whichever thread meets the row: each has its own byte, so that no two threads share one.
final class RowFlags: @unchecked Sendable {
  private let flags: UnsafeMutableBufferPointer<Bool>

  init(_ rows: Int) {
    flags = .allocate(capacity: rows)
    flags.initialize(repeating: false)
  }

  deinit { flags.deallocate() }

  func set(_ row: Int) { flags[row] = true }

  /// The first row that is flagged, once all threads are done.
  var first: Int? { flags.firstIndex(of: true) }
}
