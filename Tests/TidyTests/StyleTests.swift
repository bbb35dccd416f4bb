import Foundation
import Testing

/// Habits that a formatter does not check.
@Suite struct StyleTests {
  static let endings = [".swift", ".c", ".h", ".md", ".toml", ".css", ".js", ".mustache"]

  @Test("nothing is left to do", arguments: ["Sources", "Tests", "Suites"])
  func noLeftovers(folder: String) throws {
    // Spelled apart, so that this file does not find itself.
    let banned = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    for file in try Tree.files(under: folder, endingIn: Self.endings) {
      for word in banned {
        #expect(!file.text.contains(word), "\(file.path) has a \(word): do it, or write an issue")
      }
    }
  }

  @Test("lines of C are at most 120 columns, as those of Swift are")
  func linesOfCAreShort() throws {
    for file in try Tree.files(under: "Sources", endingIn: [".c", ".h"]) {
      for (number, line) in file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        #expect(line.count <= 120, "\(file.path):\(number + 1) has \(line.count) columns")
      }
    }
  }

  @Test("no file outgrows one reason to exist")
  func filesAreShort() throws {
    // Twice what most files need: a file beyond it holds two things.
    let most = 500
    for file in try Tree.files(under: "Sources", endingIn: [".swift", ".c", ".h"]) {
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= most, "\(file.path) has \(lines) lines: split it by topic")
    }
  }

  @Test("every folder of sources is a target, and every target has tests")
  func targetsHaveTests() throws {
    let manifest = try String(contentsOf: Tree.root.appendingPathComponent("Package.swift"), encoding: .utf8)
    for target in Tree.targets {
      let isTarget = manifest.contains("name: \"\(target)\"")
      #expect(isTarget, "Sources/\(target) is not in Package.swift")
      let tests = target == "tern" ? "CommandTests" : "\(target)Tests"
      let isTested = manifest.contains("\"\(tests)\"")
      #expect(isTested, "\(target) has no \(tests) in Package.swift")
    }
  }
}
