import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// Ctrl-C in a conversation: it stops an answer and not the program.
///
/// A second one, before the first was heeded, ends the program: the model may be in the middle of a long prompt.
final class ChatInterrupt: Sendable {
  private enum State: Int {
    case waiting, answering, stopping
  }

  private let state = Atomic<Int>(State.waiting.rawValue)

  /// Whether the answer is to stop.
  var isRaised: Bool { state.load(ordering: .relaxed) == State.stopping.rawValue }

  /// From here on Ctrl-C stops an answer.
  func answerBegins() { state.store(State.answering.rawValue, ordering: .relaxed) }

  /// From here on nothing is to be stopped; says whether the answer was.
  func answerEnds() -> Bool {
    state.exchange(State.waiting.rawValue, ordering: .relaxed) == State.stopping.rawValue
  }

  /// Listens to SIGINT until the returned source is released; `whileWaiting` is called when no answer is under way.
  func listen(whileWaiting: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [self] in
      let (stops, old) = state.compareExchange(
        expected: State.answering.rawValue, desired: State.stopping.rawValue, ordering: .relaxed)
      guard !stops else { return }
      if old == State.stopping.rawValue { exit(ExitStatus.interrupted.rawValue) }
      whileWaiting()
    }
    source.resume()
    return source
  }
}
