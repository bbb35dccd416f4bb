import Charts
import Foundation
import Mustache
import Records

/// Renders records as one HTML page that needs nothing beside itself: no network, no files, no JavaScript.
public enum ReportPage {
  /// Renders the page.
  ///
  /// Every record has its own sections; of several, what can be compared stands side by side above them, and nothing
  /// is averaged across records. Records without a finished cell are
  /// rendered too: what happened to their cells is what the page then says.
  ///
  /// - Parameters:
  ///   - records: The runs, in the order of the page.
  ///   - command: The command line that makes the page, program name first; printed in the footer.
  ///   - context: What stands beside the records: published numbers, and probes of their machines.
  ///   - problems: What was asked for and could not be read; named on the page.
  /// - Throws: `ReportError.noRecords` for an empty list, `ReportError.template` where a template cannot be read.
  public static func render(
    records: [RunRecord], command: [String], context: ReportContext = .none, problems: [PageProblem] = []
  ) throws -> String {
    guard !records.isEmpty else { throw ReportError.noRecords }
    var figures = FigureNumbers()
    let isSeveral = records.count > 1
    let views = records.enumerated().map { index, record in
      RunView(record, prefix: "r\(index + 1)", context: context)
    }
    let comparison = isSeveral ? Comparison(views) : nil
    let sections = (comparison?.sections ?? []).map {
      DocumentModel.SectionModel($0, prefix: "c", figures: &figures)
    }
    let runs = views.map { view in
      RunModel(view, thinned: ThinnedRun(view, context: context), isSeveral: isSeveral, figures: &figures)
    }
    let page = PageModel(
      title: comparison?.title ?? runs[0].question, several: isSeveral, answer: comparison?.answer ?? [],
      problems: problems + (comparison?.problems ?? []), comparison: sections, runs: runs,
      command: command.joined(separator: " "), styles: Assets.styles, script: Assets.script)
    return try Assets.library().render(page, withTemplate: "page") ?? { throw ReportError.template("page") }()
  }
}

/// Says why a page could not be rendered.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// There was nothing to render.
  case noRecords
  /// A template of the page is missing.
  case template(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noRecords: "no record to report on; name at least one, as in tern report Results/<machine>/<record>.json"
    case .template(let name): "the page's template \"\(name)\" is missing from this build; build again"
    }
  }
}

/// What the template of the page reads.
struct PageModel {
  let title: String
  let several: Bool
  let answer: [String]
  let problems: [PageProblem]
  let comparison: [DocumentModel.SectionModel]
  let runs: [RunModel]
  let command: String
  let styles: String
  let script: String
}

/// Counts figures through the whole page.
struct FigureNumbers {
  private var last = 0

  mutating func next() -> Int {
    last += 1
    return last
  }
}
