import CLinux

/// The window as an emulated CPU sees it: under `valgrind --tool=callgrind` only what lies inside is counted.
///
/// On a real CPU opening and closing it takes 30 ns together and changes nothing, so that every build has it: what
/// is counted is what is measured.
public enum EmulatedWindow {
  /// Whether this process runs on an emulated CPU.
  public static var isEmulated: Bool { clinux_is_emulated() != 0 }

  /// Counts from here on, and forgets what was counted before.
  @inline(__always) public static func open() { clinux_callgrind_begin() }

  /// Counts no further.
  @inline(__always) public static func close() { clinux_callgrind_end() }
}
