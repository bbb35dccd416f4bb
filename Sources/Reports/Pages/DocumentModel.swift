import Charts
import Mustache

/// What the template of a document reads: its blocks in an order and a shape that need no decisions.
struct DocumentModel {
  /// One block; exactly one of its members is there, and within a fold no further fold.
  struct BlockModel {
    var prose: String?
    var heading: String?
    var notes: [String] = []
    var numbers: TableModel?
    var figure: RunModel.FigureModel?
    var listing: String?
    var folded: Folded?
  }

  /// A table that scrolls, with a name for the region.
  struct TableModel {
    let label: String
    let html: String
    /// Whether it can be filtered and downloaded, and under which id and name of file.
    let tools: Tools?
  }

  /// The search field and the buttons above a table.
  struct Tools {
    let id: String
    let name: String
  }

  /// Blocks behind a summary line.
  struct Folded {
    let summary: String
    let blocks: [BlockModel]
  }

  /// A section.
  struct SectionModel {
    let id: String
    let title: String
    let blocks: [BlockModel]
  }

  let title: String
  let eyebrow: String
  let answer: [String]
  let problems: [PageProblem]
  let sections: [SectionModel]
  let command: String
  let styles: String
  let script: String

  init(_ document: Document, command: [String]) {
    var figures = FigureNumbers()
    title = document.title
    eyebrow = document.eyebrow
    answer = document.answer
    problems = document.problems
    sections = document.sections.map { SectionModel($0, prefix: "d", figures: &figures) }
    self.command = command.joined(separator: " ")
    styles = Assets.styles
    script = Assets.script
  }
}

extension DocumentModel.SectionModel {
  /// `prefix` keeps the ids of charts apart from those of runs on the same page.
  init(_ section: Document.Section, prefix: String, figures: inout FigureNumbers) {
    id = section.id
    title = section.title
    blocks = section.blocks.map { DocumentModel.BlockModel($0, prefix: prefix, figures: &figures) }
  }
}

extension DocumentModel.BlockModel {
  init(_ block: Document.Block, prefix: String, figures: inout FigureNumbers) {
    switch block {
    case .prose(let text): prose = text
    case .heading(let text): heading = text
    case .notes(let lines): notes = lines
    case .table(let table):
      let tools = table.isInteractive ? DocumentModel.Tools(id: table.id, name: table.id) : nil
      numbers = DocumentModel.TableModel(label: table.caption, html: table.html, tools: tools)
    case .figure(let figure): self.figure = RunModel.model(of: figure, prefix: prefix, numbers: &figures)
    case .listing(let text): listing = text
    case .folded(let summary, let blocks):
      folded = DocumentModel.Folded(
        summary: summary, blocks: blocks.map { DocumentModel.BlockModel($0, prefix: prefix, figures: &figures) })
    }
  }
}

extension Document {
  /// The page as HTML, self-contained.
  ///
  /// - Throws: `ReportError.template` where a template cannot be read.
  func html(command: [String]) throws -> String {
    let model = DocumentModel(self, command: command)
    return try Assets.library().render(model, withTemplate: "document") ?? { throw ReportError.template("document") }()
  }
}
