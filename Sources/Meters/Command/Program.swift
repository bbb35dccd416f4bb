import Glibc

/// A program and its arguments, found as a shell finds it.
public struct Program: Sendable, Equatable {
  /// Where the program is.
  public let path: String
  /// The arguments as they were given; the first is the program's name.
  public let arguments: [String]

  /// Finds the program that the first argument names: a path where it has a slash, else the first of PATH that may be
  /// run.
  ///
  /// - Parameter searchPath: folders joined by colons, an empty one the current folder.
  /// - Throws: `ProgramError` for a program that is not there or may not be run.
  public init(_ arguments: [String], searchPath: String = Program.systemPath) throws(ProgramError) {
    let name = arguments.first ?? ""
    let candidates =
      name.contains("/")
      ? [name]
      : searchPath.split(separator: ":", omittingEmptySubsequences: false).map { $0.isEmpty ? name : "\($0)/\(name)" }
    var refusal: Int32 = ENOENT
    for candidate in name.isEmpty ? [] : candidates {
      let number = Self.obstacle(to: candidate)
      if number == 0 {
        path = candidate
        self.arguments = arguments
        return
      }
      // A file that is there and may not be run tells more than the folders in which there is none.
      if number != ENOENT, number != ENOTDIR { refusal = number }
    }
    throw ProgramError(name: name, errno: refusal, wasSearched: !name.contains("/"))
  }

  /// PATH, or what the C library searches where there is none.
  public static var systemPath: String { getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin" }

  /// Zero for a file that may be run, else the errno that execve(2) would give.
  private static func obstacle(to path: String) -> Int32 {
    var status = stat()
    guard stat(path, &status) == 0 else { return errno }
    if status.st_mode & S_IFMT == S_IFDIR { return EACCES }
    return access(path, X_OK) == 0 ? 0 : errno
  }
}

/// A program that could not be started.
public struct ProgramError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What failed and what to do.
  public let description: String
  /// What a shell would end with: 127 for a program that is not there, 126 for one that cannot be run.
  public let exitStatus: Int32

  init(name: String, errno number: Int32, wasSearched: Bool = false) {
    switch number {
    case ENOENT, ENOTDIR:
      exitStatus = 127
      description =
        wasSearched
        ? "\(name): command not found in PATH; give its path, or check the spelling"
        : "\(name): no such program; check the path, and for a script the interpreter in its first line"
    case ENOEXEC:
      exitStatus = 126
      description = "\(name) is not a program, and has no line #! that names its interpreter; run it with sh \(name)"
    default:
      exitStatus = 126
      let reason = String(cString: strerror(number))
      description = "\(name) cannot be run: \(reason); check that it is a file with execute permission"
    }
  }
}
