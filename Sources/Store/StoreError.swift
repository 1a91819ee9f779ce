import GRDB

/// Why the database cannot be used, in a sentence that says what to do.
public enum StoreError: Error, Equatable, Sendable {
  case unreadable(path: String, detail: String)
  case notADatabase(path: String)
  /// Written by a later version of Furlong.
  case newer(path: String)
  case full(path: String)
  case locked(path: String)
  /// Locked while it was being opened: nothing has been done.
  case busy(path: String)
  /// Full while it was being opened.
  case noRoom(path: String)
  case lost(path: String, detail: String)
  case readOnly(path: String)
  case ambiguous(prefix: String)
  case noSuchSession(String)
  case nothingToReplay(String)
  /// It can still be taken back.
  case deleted(String)
  /// Part of the file is not as it was written.
  case damaged(path: String)
  case other(path: String, detail: String)

  public var message: String {
    switch self {
    case .unreadable(let path, let detail):
      "cannot open the database \(path) (\(detail)): check its permissions and the room on its disk, or name another with --db FILE"
    case .notADatabase(let path): "\(path) is not a Furlong database: move it away, or name another with --db FILE"
    case .newer(let path):
      "\(path) was written by a newer Furlong: update this one, or name another database with --db FILE"
    case .full(let path):
      "answers are not being saved: the disk of \(path) is full; free some space and saving goes on by itself"
    case .locked(let path):
      "answers are not being saved yet: \(path) is locked by another program; saving goes on when it lets go"
    case .busy(let path):
      "\(path) is locked by another program: try again when it is done, or name another with --db FILE"
    case .noRoom(let path):
      "the disk of \(path) is full: free some space, or name another database with --db FILE"
    case .lost(let path, let detail): "something could not be saved and is not in \(path): \(detail)"
    case .readOnly(let path): "answers are not being saved: \(path) cannot be written; check its permissions"
    case .ambiguous(let prefix): "more than one session begins with ‘\(prefix)’: give more digits"
    case .noSuchSession(let prefix): "no session ‘\(prefix)’: furlong sessions list shows them"
    case .nothingToReplay(let reason): reason
    case .deleted(let id): "session \(id) was deleted: the Furlong that did so can undo it until it ends"
    case .damaged(let path):
      "part of \(path) is damaged (a disk fault, or a copy made half-way): copy the file away first, then "
        + "sqlite3 COPY .recover | sqlite3 NEW saves what can be read; what is not damaged still opens"
    case .other(let path, let detail): "the database \(path) reported: \(detail)"
    }
  }

  /// The same fault met while opening, before anything was raced.
  var whileOpening: StoreError {
    switch self {
    case .locked(let path): .busy(path: path)
    case .full(let path): .noRoom(path: path)
    default: self
    }
  }

  /// Whether the same write may work later: what is to be saved is kept for then.
  var isPassing: Bool {
    switch self {
    case .full, .locked, .readOnly, .unreadable: true
    default: false
    }
  }

  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self = (error as? StoreError) ?? .other(path: path, detail: "\(error)")
      return
    }
    // The file that two processes share beside the database cannot grow: nothing else but room is missing.
    if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE {
      self = .full(path: path)
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_READONLY: self = .readOnly(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR:
      self = .unreadable(path: path, detail: error.message ?? "\(error.resultCode)")
    case .SQLITE_NOTADB: self = .notADatabase(path: path)
    case .SQLITE_CORRUPT: self = .damaged(path: path)
    default: self = .other(path: path, detail: error.message ?? "\(error.resultCode)")
    }
  }
}
