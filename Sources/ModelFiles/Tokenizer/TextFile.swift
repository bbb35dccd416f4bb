import Foundation

/// Text in a file, byte for byte.
public enum TextFile {
  /// More than anybody encodes at once; ids and places in a text are 32-bit numbers.
  private static let bytesMax = 1 << 30

  /// Reads a file of UTF-8 text; "-" is standard input.
  ///
  /// - Throws: `ModelFileError` that names the file and, where it is not UTF-8, the byte.
  public static func read(path: String) throws -> String {
    let data: Data
    do {
      let handle = try path == "-" ? .standardInput : FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try handle.read(upToCount: bytesMax + 1) ?? Data()
    } catch {
      throw ModelFileError(file: path, problem: "cannot be read: \(error.localizedDescription)")
    }
    guard data.count <= bytesMax else {
      throw ModelFileError(file: path, problem: "has more than \(bytesMax) bytes; split it into several files")
    }
    return try data.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      if let offset = UTF8Text.firstInvalid(in: bytes) {
        throw ModelFileError(
          file: path, problem: "is not UTF-8 at byte \(offset); convert it, with iconv -t UTF-8 for example")
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
