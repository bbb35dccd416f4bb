/// What a line of a conversation asks for.
enum ChatLine: Equatable {
  case message(String)
  case empty
  case reset
  case system(String)
  case stats
  case help
  case quit
  case unknown(String)

  /// Reads a line: what begins with a slash is a command.
  init(_ line: String) {
    guard line.first == "/" else {
      self = line.allSatisfy(\.isWhitespace) ? .empty : .message(line)
      return
    }
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    let argument = parts.count > 1 ? parts[1] : ""
    self =
      switch parts[0] {
      case "/reset": .reset
      case "/system": .system(argument)
      case "/stats": .stats
      case "/help", "/?": .help
      case "/quit", "/exit", "/bye": .quit
      default: .unknown(parts[0])
      }
  }

  static let commands = """
    /reset         forget the conversation; the system's message stays
    /system TEXT   set the system's message; without TEXT there is none
    /stats         how full the context is
    /help          this list
    /quit          end, as Ctrl-D does
    Ctrl-C stops an answer. A message that begins with a slash goes with a space
    before it.
    """
}
