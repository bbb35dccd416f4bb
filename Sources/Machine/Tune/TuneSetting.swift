/// Something of the machine that can be set for measuring: how it stands, how it should, and why.
public struct TuneSetting: Sendable, Equatable {
  /// One file of a setting.
  public struct Place: Sendable, Equatable {
    /// The file, as a live machine names it.
    public let path: String
    /// What stands there; nil where it cannot be read.
    public let current: String?
    /// What should.
    public let wanted: String

    /// Whether it stands as it should.
    public var isSet: Bool { current == wanted }
  }

  /// What of a file is set.
  enum Kind: String, Codable, Sendable {
    /// What is written in it; of a choice such as "always [madvise] never", the chosen word.
    case text
    /// Who may read it: its permission bits in octal.
    case mode
  }

  /// Stable, as in `tern tune --apply governor`.
  public let id: String
  /// What is set, in two or three words.
  public let title: String
  /// Why it should be so, in a sentence.
  public let reason: String
  /// Every file that this machine has of it; empty where it has none, or where it is never set.
  public let places: [Place]
  /// Why there is nothing to set, where `places` is empty.
  public let note: String?

  let kind: Kind

  init(id: String, title: String, reason: String, kind: Kind = .text, places: [Place] = [], note: String? = nil) {
    self.id = id
    self.title = title
    self.reason = reason
    self.kind = kind
    self.places = places
    self.note = places.isEmpty ? note : nil
  }

  /// Files that do not stand as they should.
  public var unset: [Place] { places.filter { !$0.isSet } }

  /// How it stands, in words: "powersave on 8, should be performance".
  public var summary: String {
    if let note { return note }
    let groups = Dictionary(grouping: places) { $0.current ?? "not readable" }.sorted { $0.key < $1.key }
    let count = places.count
    let seen = groups.map { count == 1 ? $0.key : "\($0.key) on \($0.value.count)" }.joined(separator: ", ")
    guard let first = unset.first else { return seen }
    return "\(seen), should be \(first.wanted)"
  }
}
