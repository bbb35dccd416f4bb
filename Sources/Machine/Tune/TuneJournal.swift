import Foundation

/// What `tern tune` changed and what stood there before: written to disk before the first change.
///
/// A process that is killed leaves it behind, so that `tern tune --restore` can put back what it says. Settings do not
/// outlive a boot, and neither does a journal: it names the boot that it belongs to.
public struct TuneJournal: Codable, Sendable, Equatable {
  /// One file that was changed, or was about to be.
  struct Entry: Codable, Sendable, Equatable {
    /// The setting's id.
    let setting: String
    let path: String
    let kind: TuneSetting.Kind
    /// What stood there before the first change.
    let before: String
    /// What was written.
    let after: String
  }

  /// The version of this layout.
  static let currentSchema = 1

  let schema: Int
  /// /proc/sys/kernel/random/boot_id; absent where the kernel shows none.
  let bootID: String?
  /// In the order in which they were written; each path once.
  var entries: [Entry]

  enum CodingKeys: String, CodingKey {
    case schema, entries
    case bootID = "boot_id"
  }

  init(bootID: String?, entries: [Entry] = []) {
    schema = Self.currentSchema
    self.bootID = bootID
    self.entries = entries
  }

  /// Adds changes; of a path that is there already the oldest value stays the one to go back to.
  mutating func add(_ new: [Entry]) {
    for entry in new {
      if let index = entries.firstIndex(where: { $0.path == entry.path }) {
        let old = entries[index]
        entries[index] = Entry(
          setting: entry.setting, path: entry.path, kind: entry.kind, before: old.before, after: entry.after)
      } else {
        entries.append(entry)
      }
    }
  }

  /// The settings that it speaks of, each once, in order.
  var settings: [String] {
    entries.map(\.setting).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The one line to print where settings of this boot wait to be restored; nil where none do.
  ///
  /// Nothing is said while a running `tern tune --apply -- COMMAND` holds them: it restores them itself.
  public static func pending(_ machine: Machine? = nil) -> String? {
    let store = TuneStore(files: machine?.files ?? SystemFiles(root: "/"))
    guard !store.isHeld() else { return nil }
    do {
      guard let (journal, _) = try store.find(), !journal.entries.isEmpty else { return nil }
      return "tern tune changed \(journal.settings.joined(separator: ", ")) and has not restored them:"
        + " sudo tern tune --restore"
    } catch {
      return "\(error)"
    }
  }
}

/// Why nothing was set or restored.
public struct TuneError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What failed, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
