import ArgumentParser
import Foundation

/// The command line as bytes, before it becomes text.
enum CommandLineText {
  /// Ends with the status of bad usage when an argument is not UTF-8.
  ///
  /// Text would hold question marks in place of its bytes, and name another file than the user did.
  static func requireUTF8() {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      Console.note(
        "Error: argument \(index), \"\(String(cString: argument))\", is not UTF-8; names of files must be: rename it")
      Foundation.exit(ExitCode.validationFailure.rawValue)
    }
  }
}
