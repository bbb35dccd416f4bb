import Foundation
import Testing

/// `Tests/failures`, which ends a run of the tests that failed.
@Suite struct FailuresTests {
  /// What the script says to `text` as the file of a run, and its status.
  private func run(_ text: String?) throws -> (status: Int32, said: String) {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-junit-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: path) }
    try text?.write(to: path, atomically: true, encoding: .utf8)
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = Tree.root.appendingPathComponent("Tests/failures")
    process.arguments = [path.path]
    process.standardError = pipe
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  @Test("every failure is repeated with its test, whatever it says, and what passed is not")
  func failures() throws {
    let long = String(repeating: "x", count: 5000)
    let result = try run(
      """
      <testsuites><testsuite name="TestResults" tests="3" failures="2">
        <testcase classname="A.Fine" name="passes()" time="0.1" />
        <testcase classname="A.Wrong" name="fails(of:)" time="0.1">
          <failure message="1 &#8594; 2 &lt; 3" /><failure message="again" />
        </testcase>
        <testcase classname="B.Large" name="quotes()" time="0.1"><failure message="\(long)" /></testcase>
      </testsuite></testsuites>
      """)
    #expect(result.status == 1)
    #expect(result.said.contains("2 of 3 tests failed:"))
    #expect(result.said.contains("✘ A.Wrong/fails(of:)\n  1 → 2 < 3\n  again\n"))
    #expect(result.said.contains("✘ B.Large/quotes()") && result.said.contains("… (5000 characters)"))
    #expect(!result.said.contains("Fine") && result.said.utf8.count < 2500)
  }

  @Test("a run that wrote no file, or half of one, has failed too", arguments: [nil, "", "<testsuites><testcase"])
  func crashed(text: String?) throws {
    let result = try run(text)
    #expect(result.status == 1 && result.said.contains("without saying which"), "\(result.said)")
  }
}
