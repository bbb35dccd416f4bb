/// /proc/cpuinfo as blocks of "key : value".
enum CPUInfo {
  /// One dictionary per block; blocks are separated by an empty line.
  static func blocks(files: SystemFiles) -> [[String: String]] { blocks(of: files.text("/proc/cpuinfo")) }

  /// The blocks at the start of the file, for what is the same in all of them.
  ///
  /// A block is 1 to 2 KiB, and a machine of 256 CPUs takes longer over the whole file than over all else that is read.
  static func firstBlocks(files: SystemFiles) -> [[String: String]] {
    blocks(of: try? files.read("/proc/cpuinfo", upTo: 16 << 10).get())
  }

  private static func blocks(of text: String?) -> [[String: String]] {
    guard let text else { return [] }
    return text.split(separator: "\n\n").map { Fields.pairs(String($0), separator: ":") }.filter { !$0.isEmpty }
  }
}
