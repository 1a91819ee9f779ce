import Core
import GRDB

/// A column of a table whose rows are `Root`s: what it is, and how its value gets in and out of one. A value, made once.
struct Column<Root>: Sendable {
  /// When a statement made of the table writes it.
  struct Moments: OptionSet, Sendable {
    let rawValue: Int

    static var added: Self { Self(rawValue: 1) }
    static var ended: Self { Self(rawValue: 2) }
  }

  private(set) var about: StoredColumn
  private(set) var moments: Moments = .added
  /// A row in which nothing can be read of it is none.
  private(set) var isNeeded = false
  let bind: @Sendable (Root) -> DatabaseValue
  /// Returns whether something was read; nil for what is only written.
  let read: (@Sendable (Cell, inout Root) -> Bool)?
  /// What is done where something stands that makes no sense.
  private(set) var takeSpoilt: (@Sendable (inout Root) -> Void)?

  /// One that every row must have.
  init<Value>(
    _ name: String, _ codec: Codec<Value>, _ path: WritableKeyPath<Root, Value> & Sendable, _ meaning: String
  ) {
    self.init(name, codec, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 }, meaning)
    isNeeded = true
    about.isPlace = codec.kind.range != nil
  }

  /// One for which something else stands in where nothing can be read.
  init<Value: Sendable>(
    _ name: String, _ codec: Codec<Value>, _ path: WritableKeyPath<Root, Value> & Sendable, or fallback: Value,
    _ meaning: String
  ) {
    about = StoredColumn(name, codec.kind, meaning)
    bind = { codec.bind($0[keyPath: path]) }
    read = { cell, root in
      let value = codec.read(cell)
      root[keyPath: path] = value ?? fallback
      return value != nil
    }
  }

  /// One that may be NULL.
  init<Value>(
    _ name: String, _ codec: Codec<Value>, _ path: WritableKeyPath<Root, Value?> & Sendable, _ meaning: String
  ) {
    about = StoredColumn(name, codec.kind, meaning).nullable
    bind = { $0[keyPath: path].map(codec.bind) ?? .null }
    read = { cell, root in
      let value = codec.read(cell)
      root[keyPath: path] = value
      return value != nil
    }
  }

  /// One that stands for more than one property.
  init<Value>(
    _ name: String, _ codec: Codec<Value>, get: @escaping @Sendable (Root) -> Value?,
    set: @escaping @Sendable (inout Root, Value) -> Void, _ meaning: String
  ) {
    about = StoredColumn(name, codec.kind, meaning)
    bind = { get($0).map(codec.bind) ?? .null }
    read = { cell, root in
      guard let value = codec.read(cell) else { return false }
      set(&root, value)
      return true
    }
  }

  /// One that says in SQL what other columns say already.
  init<Value>(
    _ name: String, _ codec: Codec<Value>, written get: @escaping @Sendable (Root) -> Value?, _ meaning: String
  ) {
    about = StoredColumn(name, codec.kind, meaning)
    bind = { get($0).map(codec.bind) ?? .null }
    read = nil
  }

  /// One that keeps several properties as JSON.
  init(
    _ name: String, _ shape: ColumnKind.Shape, write: @escaping @Sendable (Root) -> JSON?,
    read: @escaping @Sendable (inout Root, JSONView) -> Void, _ meaning: String
  ) {
    about = StoredColumn(name, .json(shape), meaning)
    bind = { write($0).map { $0.serialized().databaseValue } ?? .null }
    self.read = { cell, root in
      guard let view = cell.json else { return false }
      read(&root, view)
      return true
    }
  }

  private func changed(_ change: (inout Self) -> Void) -> Self {
    var column = self
    change(&column)
    return column
  }

  var nullable: Self { changed { $0.about = $0.about.nullable } }
  var needed: Self { changed { ($0.isNeeded, $0.about.isPlace) = (true, $0.about.kind.range != nil) } }
  /// Needed where it is only written as well.
  var place: Self { changed { $0.about.isPlace = true } }
  /// NULL for a while; a session file has it always.
  var nullAtFirst: Self { changed { $0.about.isNullable = true } }
  var staying: Self { changed { $0.about.stays = true } }
  var said: Self { changed { $0.about.isSaid = true } }
  func written(_ moments: Moments) -> Self { changed { $0.moments = moments } }
  func spoilt(_ take: @escaping @Sendable (inout Root) -> Void) -> Self { changed { $0.takeSpoilt = take } }
}
