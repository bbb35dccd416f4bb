import Foundation
import Testing

/// The README is read before anything else; what it names must exist.
@Suite struct ReadmeTests {
  let readme: String

  init() throws {
    readme = try String(contentsOf: Tree.root.appendingPathComponent("README.md"), encoding: .utf8)
  }

  @Test("every local link and image leads to a file")
  func linksLead() throws {
    let links = readme.matches(of: /\]\((?<target>[^)#]+)[^)]*\)/).map { String($0.output.target) }
    #expect(!links.isEmpty)
    for link in links where !link.hasPrefix("http") {
      #expect(FileManager.default.fileExists(atPath: Tree.root.appendingPathComponent(link).path), "README: \(link)")
    }
  }

  @Test("every make target that the README names is in the Makefile")
  func makeTargetsExist() throws {
    let makefile = try String(contentsOf: Tree.root.appendingPathComponent("Makefile"), encoding: .utf8)
    // Commands stand in code: after a backtick, a prompt or an indentation. Prose makes other things.
    let targets = Set(
      readme.matches(of: /(?m)(?:`|^ {4}|^\$ )make (?<target>[a-z][a-z-]*)/).map { String($0.output.target) })
    #expect(targets.isSuperset(of: ["bench", "test"]))
    for target in targets {
      let exists = makefile.contains("\n\(target):")
      #expect(exists, "README says make \(target)")
    }
  }

  @Test("continuous integration runs the README's test command")
  func integrationRunsTheTests() throws {
    let script = try String(contentsOf: Tree.root.appendingPathComponent(".ci/run"), encoding: .utf8)
    let runsThem = script.contains("\nmake test\n")
    #expect(runsThem, ".ci/run does not run make test")
  }

  @Test("every tern command in a code block names a real subcommand")
  func subcommandsExist() throws {
    let main = try String(contentsOf: Tree.root.appendingPathComponent("Sources/tern/Tern.swift"), encoding: .utf8)
    let commands = Set(
      readme.matches(of: /(?m)(?:`|^ {4}|^\$ )(?:\S*\/)?tern (?<name>[a-z]+)/).map { String($0.output.name) })
    #expect(!commands.isEmpty)
    for command in commands {
      let type = "\(command.prefix(1).uppercased())\(command.dropFirst())Command.self"
      let exists = main.contains(type)
      #expect(exists, "README uses tern \(command)")
    }
  }
}
