import Charts
import Mustache

/// Holds the templates, the style sheet and the script, compiled into the program.
enum Assets {
  /// Every template under the name by which others include it.
  static func library() throws -> MustacheLibrary {
    var library = MustacheLibrary()
    for (name, bytes) in templates { try library.register(text(bytes), named: name) }
    return library
  }

  /// The page's rules and the charts'.
  static var styles: String { Theme.pageStyleSheet + text(PackageResources.report_css) + columnRules }

  /// Tables name their columns of numbers, and those whose lines break, by place; none has more than 30 columns.
  private static var columnRules: String {
    func rule(_ letter: String, _ declarations: String) -> String {
      (1...30).map { ".\(letter)\($0) td:nth-child(\($0))" }.joined(separator: ",") + "{\(declarations)}\n"
    }
    return rule("n", "text-align:right") + "@media screen{" + rule("w", "white-space:normal;min-width:11rem") + "}\n"
  }

  /// Sorting, filtering, downloads and the switch between light and dark.
  static var script: String { text(PackageResources.report_js) }

  private static let templates = [
    ("page", PackageResources.page_mustache), ("run", PackageResources.run_mustache),
    ("machine", PackageResources.machine_mustache), ("trust", PackageResources.trust_mustache),
    ("noise", PackageResources.noise_mustache), ("figure", PackageResources.figure_mustache),
    ("group", PackageResources.group_mustache), ("missing", PackageResources.missing_mustache),
    ("head", PackageResources.head_mustache), ("foot", PackageResources.foot_mustache),
    ("document", PackageResources.document_mustache), ("section", PackageResources.section_mustache),
    ("block", PackageResources.block_mustache), ("leaf", PackageResources.leaf_mustache),
    ("problems", PackageResources.problems_mustache),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
