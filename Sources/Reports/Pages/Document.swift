import Records

/// A page before it becomes HTML or Markdown: what is asked, the answer, sections of blocks.
struct Document {
  /// One thing after another in a section.
  enum Block {
    /// A paragraph.
    case prose(String)
    /// A heading within the section.
    case heading(String)
    /// Short remarks, a line each.
    case notes([String])
    /// Numbers.
    case table(Table)
    /// A drawing with its numbers.
    case figure(Figure)
    /// Text as it stands in a file.
    case listing(String)
    /// More of the same, folded away until it is asked for.
    case folded(String, [Block])
  }

  /// Blocks under a heading that the table of contents names.
  struct Section {
    /// Unique in the page.
    var id: String
    var title: String
    var blocks: [Block]
  }

  var title: String
  /// Above the title: suite, machine, time.
  var eyebrow: String
  /// The answer in a sentence or two.
  var answer: [String]
  /// What was asked for and is not on the page.
  var problems: [PageProblem]
  var sections: [Section]
}

/// Something that was asked for and is not on the page: a record that could not be read, a selection that is empty.
///
/// The page names it, and everything else is rendered.
public struct PageProblem: Sendable, Equatable {
  /// What was asked for: a file, a record, a flag.
  public var subject: String
  /// What is wrong and what to do, in whole sentences.
  public var reason: String

  /// Makes a problem.
  public init(subject: String, reason: String) {
    self.subject = subject
    self.reason = reason
  }
}
