import Foundation
import Testing

/// Reads a page as a list of tags, enough to check its structure without a browser.
struct PageReader {
  /// An opening tag with its attributes as they were written.
  struct Tag {
    let name: String
    let attributes: String
    let depth: Int

    func value(of attribute: String) -> String? {
      let key = " \(attribute)=\""
      guard let start = attributes.range(of: key)?.upperBound else { return nil }
      return String(attributes[start...].prefix { $0 != "\"" })
    }
  }

  let page: String
  private(set) var tags: [Tag] = []
  /// What does not nest: closing tags without their opening one, elements left open.
  private(set) var faults: [String] = []

  /// Elements that have no end tag.
  private static let void: Set<String> = ["meta", "input", "link", "br", "hr", "img"]

  init(_ page: String) {
    self.page = page
    var open: [String] = []
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[start...].dropFirst()
      guard let end = rest.firstIndex(of: ">") else { break }
      let inside = String(rest[..<end])
      rest = rest[end...].dropFirst()
      if inside.hasPrefix("!") { continue }
      if inside.hasPrefix("/") {
        let name = String(inside.dropFirst())
        if name == "tbody" { Self.close(["td", "tr"], in: &open) }
        if open.last == name { open.removeLast() } else { faults.append("</\(name)> closes \(open.last ?? "nothing")") }
        continue
      }
      let name = String(inside.prefix { $0.isLetter || $0.isNumber })
      // The end tags of cells and rows are implied by the next.
      if name == "td" || name == "tr" { Self.close(name == "td" ? ["td"] : ["td", "tr"], in: &open) }
      tags.append(Tag(name: name, attributes: String(inside.dropFirst(name.count)), depth: open.count))
      if inside.hasSuffix("/") || Self.void.contains(name) { continue }
      open.append(name)
      if name == "script" || name == "style" {
        // Their content is not markup.
        guard let close = rest.range(of: "</\(name)>") else { break }
        rest = rest[close.lowerBound...]
      }
    }
    faults += open.map { "<\($0)> is left open" }
  }

  private static func close(_ names: [String], in open: inout [String]) {
    for name in names where open.last == name { open.removeLast() }
  }

  /// Every id, in the order of the page.
  var ids: [String] { tags.compactMap { $0.value(of: "id") } }

  /// Names, ids and classes of the elements, indented by depth; drawings and rows of tables are one line each.
  var skeleton: String {
    var lines: [String] = []
    var hidden: Int?
    for tag in tags {
      if let depth = hidden, tag.depth > depth { continue }
      hidden = ["svg", "tbody"].contains(tag.name) ? tag.depth : nil
      let id = tag.value(of: "id").map { "#\($0)" } ?? ""
      let style = tag.value(of: "class").map { ".\($0)" } ?? ""
      lines.append(String(repeating: "  ", count: tag.depth) + tag.name + id + style)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The text between tags, drawings' titles included, scripts and styles left out.
  var text: String {
    var text = ""
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
      text += rest[..<start] + " "
      rest = rest[start...]
      for name in ["script", "style"] where rest.hasPrefix("<\(name)") {
        rest = rest.range(of: "</\(name)>").map { rest[$0.lowerBound...] } ?? ""
      }
      rest = rest.firstIndex(of: ">").map { rest[$0...].dropFirst() } ?? ""
    }
    return text + rest
  }
}
