import CKernels
import Testing

/// One row of a table in C, with the name under which tests report it and the reason to skip it.
struct Row<Value>: Sendable, CustomTestStringConvertible {
  let id: String
  let needs: UInt64
  nonisolated(unsafe) let pointer: UnsafePointer<Value>

  var value: Value { pointer.pointee }
  var testDescription: String { id }

  /// Skips the running test case where this CPU lacks what the row needs, and says what that is.
  func requireSupport() throws {
    let missing = needs & ~ck_isa_detected()
    guard missing != 0 else { return }
    let names = (0..<64).compactMap { shift in ck_isa_name(missing & (1 << UInt64(shift))).map { String(cString: $0) } }
    try Test.cancel("\(id) needs \(names.joined(separator: " and ")), which this CPU lacks")
  }
}

enum Rows {
  static let packings: [Row<ck_packing>] = (0..<ck_packing_count()).compactMap(ck_packing_at).map {
    Row(id: String(cString: $0.pointee.name), needs: 0, pointer: $0)
  }
  static let kernels: [Row<ck_kernel>] = (0..<ck_kernel_count()).compactMap(ck_kernel_at).map {
    Row(id: id($0.pointee.name, $0.pointee.isa), needs: $0.pointee.needs, pointer: $0)
  }
  static let denseKernels: [Row<ck_dense_kernel>] = (0..<ck_dense_kernel_count()).compactMap(ck_dense_kernel_at).map {
    Row(id: id($0.pointee.format, $0.pointee.isa), needs: $0.pointee.needs, pointer: $0)
  }
  static let vectorOps: [Row<ck_vector_ops>] = (0..<ck_vector_ops_count()).compactMap(ck_vector_ops_at).map {
    Row(id: String(cString: $0.pointee.isa), needs: $0.pointee.needs, pointer: $0)
  }
  static let probes: [Row<ck_probe>] = (0..<ck_probe_count()).compactMap(ck_probe_at).map {
    Row(id: id($0.pointee.name, $0.pointee.isa), needs: $0.pointee.needs, pointer: $0)
  }

  /// The definition of correct.
  static var naive: Row<ck_kernel> { kernels.first { $0.id == "naive@portable" }! }
  static var portableOps: Row<ck_vector_ops> { vectorOps.first { $0.id == "portable" }! }

  static func packing(of kernel: Row<ck_kernel>) -> Row<ck_packing> {
    let name = String(cString: kernel.value.packing)
    return packings.first { $0.id == name }!
  }

  static func portable(_ kernel: Row<ck_dense_kernel>) -> Row<ck_dense_kernel> {
    let format = kernel.id.prefix { $0 != "@" }
    return denseKernels.first { $0.id == format + "@portable" }!
  }

  private static func id(_ name: UnsafePointer<CChar>, _ isa: UnsafePointer<CChar>) -> String {
    "\(String(cString: name))@\(String(cString: isa))"
  }
}
