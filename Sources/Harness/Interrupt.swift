import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as a flag that the run looks at between windows and tokens.
///
/// The first signal asks for a clean end; the handler then steps aside, so that a second one ends the process at once.
/// The journal on disk is valid either way.
public final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Makes a flag that nothing has raised.
  public init() {}

  /// Whether the user wants to stop.
  public var isRaised: Bool { flag.load(ordering: .relaxed) }

  /// Raises the flag, as Ctrl-C does.
  public func raise() { flag.store(true, ordering: .relaxed) }

  /// Throws `Interrupted` once the flag is raised.
  public func check() throws {
    if isRaised { throw Interrupted() }
  }

  /// Listens to SIGINT and SIGTERM until the returned sources are released.
  public func listen() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        raise()
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
  }
}
