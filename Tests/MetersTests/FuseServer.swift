import Foundation
import Glibc
import Synchronization

/// A file system in this process: what a kernel's files answer, by closures, behind real system calls.
///
/// It speaks the protocol of /dev/fuse (linux/fuse.h, version 7.31) by itself: lookup, attributes, links, folders and
/// reads without a cache, so that every read of a file asks its closure. It is mounted as long as the value lives.
final class FuseServer: Sendable {
  /// One path of the file system.
  enum Node: Sendable {
    case folder
    case link(String)
    /// Opening answers an errno or 0; reading a text or an errno.
    case file(open: @Sendable () -> Int32, read: @Sendable () -> Result<String, Refusal>)
  }

  struct Refusal: Error { let number: Int32 }

  /// Whether this process may mount; what it takes to find out is done once.
  static let canMount: Bool = {
    guard let server = FuseServer([:]) else { return false }
    return access(server.path, F_OK) == 0
  }()

  let path: String
  private let core: Core

  /// Mounts the paths ("/sys/class/…"), with the folders above them; nil where that is not allowed.
  init?(_ nodes: [String: Node]) {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-fuse-\(UUID().uuidString)").path
    let device = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK)
    core = Core(device: device, nodes: nodes)
    guard device >= 0 else { return nil }
    let made = mkdir(path, 0o755)
    let options = "fd=\(device),rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    // Where it fails, deinit takes back what was done.
    guard made == 0, mount("tern-test", path, "fuse", UInt(MS_NOSUID | MS_NODEV), options) == 0 else { return nil }
    core.start()
  }

  /// Takes the mount away at once, whoever still has files open in it.
  ///
  /// MNT_FORCE ends what waits for an answer: a process that another test has just forked has these files and the device
  /// open until its exec closes them, and must not wait in there for a server that is gone, which nothing could end.
  deinit {
    umount2(path, Int32(MNT_FORCE))
    umount2(path, Int32(MNT_DETACH))
    core.stop()
    rmdir(path)
  }
}

// MARK: - The protocol

extension FuseServer {
  private enum Operation: UInt32 {
    case lookup = 1, forget = 2, getAttributes = 3, readLink = 5, open = 14, read = 15, release = 18, flush = 25
    case initialize = 26, openFolder = 27, readFolder = 28, releaseFolder = 29, interrupt = 36, batchForget = 42
  }

  /// The thread that answers.
  private final class Core: @unchecked Sendable {
    /// Of fuse_in_header, fuse_out_header.
    static let requestHeaderBytes = 40
    static let replyHeaderBytes = 16
    /// The kernel wants room for a page and more (FUSE_MIN_READ_BUFFER is 8192).
    static let bufferBytes = 1 << 16

    private let device: Int32
    private let isStopping = Atomic<Bool>(false)
    /// Paths by their number, which begins at 1 for the root.
    private let paths: [String]
    private let nodes: [String: Node]
    private var thread: TestThread?

    init(device: Int32, nodes: [String: Node]) {
      self.device = device
      var all = nodes
      for path in nodes.keys {
        var above = (path as NSString).deletingLastPathComponent
        while above != "/" {
          all[above] = .folder
          above = (above as NSString).deletingLastPathComponent
        }
      }
      all["/"] = .folder
      self.nodes = all
      paths = ["/"] + all.keys.filter { $0 != "/" }.sorted()
    }

    func start() { thread = TestThread { [self] in run() } }

    func stop() {
      isStopping.store(true, ordering: .relaxed)
      thread?.join()
      close(device)
    }

    private func run() {
      var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
      while !isStopping.load(ordering: .relaxed) {
        var waiting = pollfd(fd: device, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 20) > 0 else { continue }
        let count = Glibc.read(device, &buffer, buffer.count)
        if count < 0 && errno == ENODEV { return }
        if count >= Self.requestHeaderBytes { answer(Request(bytes: buffer[..<count])) }
      }
    }

    /// One message of the kernel's.
    struct Request {
      let bytes: ArraySlice<UInt8>
      var operation: UInt32 { number(at: 4) }
      var unique: UInt64 { number(at: 8) }
      var node: UInt64 { number(at: 16) }
      /// The name behind the header, without its NUL.
      var name: String {
        String(decoding: bytes.dropFirst(FuseServer.Core.requestHeaderBytes).prefix { $0 != 0 }, as: UTF8.self)
      }
      func number<T: FixedWidthInteger>(at offset: Int) -> T {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
      }
    }

    private func answer(_ request: Request) {
      let path = request.node >= 1 && request.node <= UInt64(paths.count) ? paths[Int(request.node) - 1] : "/"
      switch Operation(rawValue: request.operation) {
      case .forget, .batchForget, .interrupt: return
      case .initialize: reply(request, initialization(request))
      case .lookup:
        let child = path == "/" ? "/" + request.name : path + "/" + request.name
        guard let index = paths.firstIndex(of: child) else { return refuse(request, ENOENT) }
        // Number, generation, and no time for which any of it may be kept.
        reply(request, Bytes().add(UInt64(index + 1)).add(UInt64(0), times: 4).add(attributes(index)))
      case .getAttributes:
        reply(request, Bytes().add(UInt64(0), times: 2).add(attributes(Int(request.node) - 1)))
      case .readLink:
        guard case .link(let target)? = nodes[path] else { return refuse(request, EINVAL) }
        reply(request, Bytes().add(target))
      case .open:
        guard case .file(let open, _)? = nodes[path] else { return refuse(request, EISDIR) }
        let refusal = open()
        if refusal != 0 { return refuse(request, refusal) }
        // A handle; FOPEN_DIRECT_IO: every read comes here; FOPEN_NOFLUSH: closing waits for nobody.
        reply(request, Bytes().add(UInt64(0)).add(UInt32(1 << 0 | 1 << 5)).add(UInt32(0)))
      case .openFolder: reply(request, Bytes().add(UInt64(0), times: 2))
      case .read: read(request, path)
      case .readFolder: readFolder(request, path)
      case .release, .releaseFolder, .flush: reply(request, Bytes())
      case nil: refuse(request, ENOSYS)
      }
    }

    /// fuse_init_out: version, read-ahead, flags, queue lengths, the largest write, and what later versions added.
    private func initialization(_ request: Request) -> Bytes {
      Bytes().add(UInt32(7)).add(UInt32(31)).add(UInt32(0), times: 2).add(UInt16(0), times: 2).add(UInt32(4096))
        .add(UInt32(1)).add(UInt16(0), times: 2).add(UInt32(0), times: 8)
    }

    /// fuse_attr: number, size as sysfs states it, blocks, times, mode, links, owner, block size.
    private func attributes(_ index: Int) -> Bytes {
      let mode: UInt32 =
        switch nodes[paths[index]] {
        case .link: 0o120777
        case .file: 0o100444
        case .folder, nil: 0o040755
        }
      return Bytes().add(UInt64(index + 1)).add(UInt64(4096)).add(UInt64(0), times: 4).add(UInt32(0), times: 3)
        .add(mode).add(UInt32(1)).add(UInt32(0), times: 3).add(UInt32(4096)).add(UInt32(0))
    }

    private func read(_ request: Request, _ path: String) {
      guard case .file(_, let read)? = nodes[path] else { return refuse(request, EISDIR) }
      let offset: UInt64 = request.number(at: Self.requestHeaderBytes + 8)
      let size: UInt32 = request.number(at: Self.requestHeaderBytes + 16)
      switch read() {
      case .failure(let refusal): refuse(request, refusal.number)
      case .success(let text):
        reply(request, Bytes(Array(text.utf8.dropFirst(Int(clamping: offset)).prefix(Int(size)))))
      }
    }

    private func readFolder(_ request: Request, _ path: String) {
      let offset: UInt64 = request.number(at: Self.requestHeaderBytes + 8)
      let size: UInt32 = request.number(at: Self.requestHeaderBytes + 16)
      let children = paths.indices.filter { $0 > 0 && (paths[$0] as NSString).deletingLastPathComponent == path }
      var entries = Bytes()
      for (place, index) in children.enumerated().dropFirst(Int(clamping: offset)) {
        let name = (paths[index] as NSString).lastPathComponent
        let entry = Bytes().add(UInt64(index + 1)).add(UInt64(place + 1)).add(UInt32(name.utf8.count)).add(UInt32(0))
          .add(name).padded(to: 8)
        if entries.all.count + entry.all.count > Int(size) { break }
        entries = entries.add(entry)
      }
      reply(request, entries)
    }

    private func refuse(_ request: Request, _ number: Int32) { send(request, error: -number, Bytes()) }
    private func reply(_ request: Request, _ bytes: Bytes) { send(request, error: 0, bytes) }

    private func send(_ request: Request, error: Int32, _ body: Bytes) {
      let message = Bytes().add(UInt32(Self.replyHeaderBytes + body.all.count)).add(UInt32(bitPattern: error))
        .add(request.unique).add(body)
      _ = message.all.withUnsafeBytes { write(device, $0.baseAddress, $0.count) }
    }
  }

  /// A message in the making.
  private struct Bytes {
    var all: [UInt8]

    init(_ all: [UInt8] = []) { self.all = all }

    func add<T: FixedWidthInteger>(_ value: T, times: Int = 1) -> Bytes {
      let bytes = withUnsafeBytes(of: value.littleEndian) { Array($0) }
      return Bytes(all + Array(repeating: bytes, count: times).flatMap { $0 })
    }

    func add(_ text: String) -> Bytes { Bytes(all + Array(text.utf8)) }
    func add(_ other: Bytes) -> Bytes { Bytes(all + other.all) }

    func padded(to multiple: Int) -> Bytes {
      Bytes(all + Array(repeating: 0, count: (multiple - all.count % multiple) % multiple))
    }
  }
}
