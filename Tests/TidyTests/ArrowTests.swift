import Foundation
import Testing

/// The arrows between modules, held against the `import` lines of the tree.
///
/// A module that is not in the table fails, so that a new target states what it may see.
@Suite struct ArrowTests {
  /// What each target of ours may import of ours.
  ///
  /// Targets that are still to come stand here already.
  static let allowed: [String: Set<String>] = [
    "CPfm": [], "CNuma": [], "CLinux": [], "CKernels": [], "CShippedModel": [],
    "Kernels": ["CKernels"],
    "ModelFiles": ["Kernels"],
    "Engine": ["Kernels", "ModelFiles", "CNuma", "CLinux", "CShippedModel"],
    "Training": ["Engine", "Kernels", "ModelFiles"],
    "Records": [], "Statistics": [], "Charts": [],
    "Machine": ["Records", "CNuma", "CLinux"],
    "Meters": ["Records", "Machine", "CPfm", "CLinux"],
    "Suites": ["Records"],
    "Harness": ["Engine", "Kernels", "ModelFiles", "Machine", "Meters", "Suites", "Records", "Statistics"],
    "Compare": ["Records", "Statistics"],
    "Sinks": ["Records", "Statistics"],
    "Reports": ["Records", "Statistics", "Compare", "Charts", "Sinks"],
    "tern": [
      "Engine", "Kernels", "ModelFiles", "Training", "Machine", "Meters", "Suites", "Harness", "Records", "Statistics",
      "Compare", "Sinks", "Charts", "Reports",
    ],
  ]

  /// Libraries that we did not write, each with the one target that may import it.
  static let dependencies = ["ArgumentParser": "tern", "TOMLKit": "Suites", "Mustache": "Reports"]

  /// What comes with the Swift toolchain.
  static let toolchain: Set<String> = ["Foundation", "Glibc", "Dispatch", "Synchronization"]

  @Test("no target imports what its row does not allow", arguments: Tree.targets)
  func importsFollowTheArrows(target: String) throws {
    let row = try #require(Self.allowed[target], "\(target) has no row in the table of arrows: add one")
    for file in try Tree.swiftFiles(under: "Sources/\(target)") {
      for module in file.imports where module != target && !Self.toolchain.contains(module) {
        if let owner = Self.dependencies[module] {
          #expect(owner == target, "\(file.path) imports \(module), which only \(owner) may")
        } else {
          #expect(row.contains(module), "\(file.path) imports \(module), which \(target) may not")
        }
      }
    }
  }

  @Test("every library is used by the target that it was added for")
  func dependenciesAreUsed() throws {
    for (module, target) in Self.dependencies {
      let users = try Tree.swiftFiles(under: "Sources/\(target)").filter { $0.imports.contains(module) }
      #expect(!users.isEmpty, "\(target) does not import \(module): remove it from Package.swift")
    }
  }

  @Test("the TOML parser is seen by one file")
  func oneFileReadsTOML() throws {
    let users = try Tree.swiftFiles(under: "Sources").filter { $0.imports.contains("TOMLKit") }
    #expect(users.count == 1, "imported by \(users.map(\.path))")
  }
}
