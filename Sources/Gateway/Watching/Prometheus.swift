import Core

/// Writes metrics as Prometheus reads them: its text exposition format, version 0.0.4. Pure.
public enum Prometheus {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  public static func text(_ metrics: Metrics) -> String {
    var out = """
      # HELP furlong_build_info The version that runs.
      # TYPE furlong_build_info gauge
      furlong_build_info{version="\(escaped(metrics.version))"} 1
      # HELP furlong_start_time_seconds When the gateway started, in seconds since 1970.
      # TYPE furlong_start_time_seconds gauge
      furlong_start_time_seconds \(decimalText(Double(metrics.start) / 1e9))

      """
    for metric in Metric.shown {
      out += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(kind(metric))\n"
      let series = metrics.series(metric)
      // What has no labels is there from the start, so that a rate of it can be told from nothing.
      if series.isEmpty, metric.labels.isEmpty { out += "\(metric.name) 0\n" }
      for one in series { write(one, metric, into: &out) }
    }
    return out
  }

  private static func kind(_ metric: Metric) -> String {
    switch metric.kind {
    case .counter, .money: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }

  private static func write(_ series: Metrics.Series, _ metric: Metric, into out: inout String) {
    let labels = zip(metric.labels, series.labels).map { "\($0)=\"\(escaped($1))\"" }
    func line(_ suffix: String, _ labels: [String], _ value: String) {
      out += metric.name + suffix + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " \(value)\n"
    }
    switch (series.value, metric.kind) {
    case (.count(let count), _): line("", labels, "\(count)")
    case (.money(let money), _): line("", labels, money.decimalText)
    case (.histogram(let histogram), .histogram(let bounds)):
      var sum = 0
      for (bound, count) in zip(bounds, histogram.counts) {
        sum += count
        line("_bucket", labels + ["le=\"\(decimalText(bound))\""], "\(sum)")
      }
      line("_bucket", labels + ["le=\"+Inf\""], "\(histogram.count)")
      line("_sum", labels, decimalText(histogram.sum))
      line("_count", labels, "\(histogram.count)")
    default: break
    }
  }

  /// Of a label's value: what would end it or its line, and what would do something to whoever looks at it.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in VisibleText.of(text.replacing("\t", with: " ")).unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\"": out += "\\\""
      case "\n": out += "\\n"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
