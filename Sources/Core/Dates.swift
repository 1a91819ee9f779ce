/// `2026-11-23` of seconds since 1970, in UTC; the nearest day of `Bounds.dates` for those outside.
public func isoDate(_ seconds: Int64) -> String {
  let seconds = seconds.clamped(to: Bounds.dates)
  // Days to a civil date in the proleptic Gregorian calendar, counting eras of 400 years from 1 March of year 0.
  let days = Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400) + 719_468
  let era = days / 146_097
  let dayOfEra = days - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * shifted + 2) / 5 + 1
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return "\(year)-\(padded(month))-\(padded(day))"
}

/// `2026-11-23T09:05:00Z` of seconds since 1970.
public func isoTime(_ seconds: Int64) -> String {
  let seconds = seconds.clamped(to: Bounds.dates)
  let rest = Int((seconds % 86_400 + 86_400) % 86_400)
  return "\(isoDate(seconds))T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
}

/// Seconds since 1970 of an ISO 8601 time from 1970 to 9999, with or without fraction and offset; UTC where it names none.
/// Nil for anything else.
public func secondsSince1970(isoTime text: String) -> Int64? {
  let bytes = Array(text.utf8)
  func number(_ start: Int, _ count: Int) -> Int64? {
    guard start + count <= bytes.count else { return nil }
    return bytes[start..<(start + count)].reduce(0) { sum, byte in
      sum.flatMap { (0x30...0x39).contains(byte) ? $0 * 10 + Int64(byte - 0x30) : nil }
    }
  }
  func mark(_ at: Int, _ allowed: String) -> Bool { at < bytes.count && allowed.utf8.contains(bytes[at]) }
  guard let year = number(0, 4), mark(4, "-"), let month = number(5, 2), mark(7, "-"), let day = number(8, 2),
    mark(10, "Tt "), let hour = number(11, 2), mark(13, ":"), let minute = number(14, 2), mark(16, ":"),
    let second = number(17, 2), year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
    second < 61
  else { return nil }
  var place = 19
  if mark(place, ".") {
    place += 1
    while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
  }
  var offset: Int64 = 0
  if mark(place, "+-") {
    guard let hours = number(place + 1, 2), mark(place + 3, ":"), let minutes = number(place + 4, 2) else { return nil }
    offset = (hours * 60 + minutes) * 60 * (bytes[place] == UInt8(ascii: "-") ? -1 : 1)
    place += 6
  } else if mark(place, "Zz") {
    place += 1
  }
  guard place == bytes.count else { return nil }
  // A civil date to days, by the same count of eras.
  let shiftedYear = month <= 2 ? year - 1 : year
  let era = shiftedYear / 400
  let yearOfEra = shiftedYear - era * 400
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  let moment = days * 86_400 + hour * 3600 + minute * 60 + second - offset
  return Bounds.dates.contains(moment) ? moment : nil
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
