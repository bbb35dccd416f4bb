/// /proc/cpuinfo as blocks of "key : value".
enum CPUInfo {
  /// One dictionary per block; blocks are separated by an empty line.
  static func blocks(files: SystemFiles) -> [[String: String]] {
    guard let text = files.text("/proc/cpuinfo") else { return [] }
    return text.split(separator: "\n\n").map { Fields.pairs(String($0), separator: ":") }.filter { !$0.isEmpty }
  }
}
