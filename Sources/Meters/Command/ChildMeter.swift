import Glibc
import Records

/// A meter that is attached to another process before it becomes a program, and read when that has ended.
public protocol ChildMeter: Sendable {
  /// A stable name, as in `MeterCatalog.ids`.
  var id: String { get }
  /// What is read, in words.
  var source: String { get }
  /// What the numbers cover.
  var scope: String? { get }
  /// Whether it can be read here and now, and if not, the true reason and the fix in words.
  func availability() -> Availability
  /// Adds to the meter's record what is special about it.
  func describe(in record: inout MeterRecord)
  /// Attaches to a process that waits: counting begins by itself when it becomes the program.
  ///
  /// The window is begun before the process is let go and ended when the program has ended. Throws `MeterError`.
  func attach(to pid: pid_t) throws -> any OpenMeter
}

extension ChildMeter {
  /// Nothing is special.
  public func describe(in record: inout MeterRecord) {}
}
