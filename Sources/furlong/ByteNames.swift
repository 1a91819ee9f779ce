#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers for byte strings, in the order of their first appearance: an open-addressed table over one buffer of bytes.
struct ByteNames {
  /// A place in the table: what is compared before the bytes are fetched, and where those lie.
  private struct Slot {
    var hash: UInt64 = 0
    /// −1 for an empty place.
    var index: Int32 = -1
    var count: Int32 = 0
    var start = 0
  }

  private var storage: [UInt8] = []
  private var slots = Array(repeating: Slot(), count: 64)
  private(set) var count = 0

  mutating func index(of name: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(name)
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place].index >= 0 {
      let slot = slots[place]
      if slot.hash == hash, isEqual(slot, name) { return Int(slot.index) }
      place = (place + 1) & mask
    }
    slots[place] = Slot(hash: hash, index: Int32(count), count: Int32(name.count), start: storage.count)
    storage.append(contentsOf: name)
    count += 1
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  /// Eight bytes at a time, multiplied and folded; the length is in it, so that the padding of the last word is harmless.
  private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(name)
    var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
    func mix(_ word: UInt64) {
      let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
    }
    var offset = 0
    while offset + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    mix(rest)
    return hash
  }

  private func isEqual(_ slot: Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard Int(slot.count) == name.count, let bytes = name.baseAddress else { return name.isEmpty && slot.count == 0 }
    return storage.withUnsafeBufferPointer { storage in
      guard let base = storage.baseAddress else { return false }
      return memcmp(base + slot.start, bytes, name.count) == 0
    }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    let mask = slots.count - 1
    for slot in old where slot.index >= 0 {
      var place = Int(truncatingIfNeeded: slot.hash) & mask
      while slots[place].index >= 0 { place = (place + 1) & mask }
      slots[place] = slot
    }
  }
}
