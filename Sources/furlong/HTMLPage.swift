import Core

/// A page that needs nothing but itself: no scripts, no fonts, no pictures from elsewhere, and a policy that forbids them.
enum HTMLPage {
  static func text(title: String, body: String) -> String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
    <title>\(HTMLText.escaped(title))</title><style>
    \(style)
    </style></head><body><main>
    \(body)
    </main></body></html>

    """
  }

  /// - Parameter words: columns of words, which stand to the left; the others are numbers.
  static func table(_ header: [String], _ rows: [[String]], words: Set<Int> = [0, 1]) -> String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { column, cell in
          "<\(tag)\(words.contains(column) ? " class=\"word\"" : "")>\(HTMLText.escaped(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    return "<div class=\"wide\"><table><thead>\(row(header, "th"))</thead><tbody>"
      + rows.map { row($0, "td") }.joined(separator: "\n") + "</tbody></table></div>"
  }

  private static let style = """
    :root{color-scheme:light dark;--text:#1c1f24;--paper:#fff;--quiet:#5b6472;--line:#d8dce2;--box:#f4f5f7;--link:#1d56b0;
    --wait:#b9c0ca;--think:#b98a1f;--answer:#2c7a50;--bad:#b5413b;--first:#1d56b0}
    @media(prefers-color-scheme:dark){:root{--text:#d9dde4;--paper:#15171c;--quiet:#98a1ae;--line:#343a44;--box:#1e2128;
    --link:#86b1f5;--wait:#4d5563;--think:#d3a646;--answer:#56b481;--bad:#e2736c;--first:#86b1f5}}
    *{box-sizing:border-box}
    body{margin:0;font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--text);background:var(--paper)}
    main{max-width:84rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
    h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}
    h3{font-size:1rem;margin:1.5rem 0 .4rem}h4,h5,h6{font-size:1em;margin:1em 0 .3em}
    h1,h2,h3,h4,h5,h6,p,li,summary{overflow-wrap:anywhere}
    a{color:var(--link)}.quiet{color:var(--quiet)}.bad{color:var(--bad)}
    pre,code{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    code{background:var(--box);border-radius:3px;padding:.1em .3em;overflow-wrap:anywhere}pre code{background:none;padding:0;font-size:1em}
    pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--box);padding:.7rem .8rem;border-radius:6px;margin:.6rem 0}
    blockquote{margin:.6rem 0;padding-left:.9rem;border-left:3px solid var(--line);color:var(--quiet)}
    .wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
    th{color:var(--quiet);font-weight:500;white-space:nowrap}
    td{white-space:nowrap}.word{text-align:left;white-space:normal;min-width:6.5rem;overflow-wrap:break-word}
    details{margin:.4rem 0}summary{cursor:pointer}hr{border:0;border-top:1px solid var(--line)}
    .lanes{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));align-items:start}
    .lane{min-width:0;border:1px solid var(--line);border-radius:8px;padding:.2rem 1rem .6rem}
    .lane.winner{border-color:var(--answer)}
    .lane>header{border-bottom:1px solid var(--line);padding:.5rem 0;margin-bottom:.3rem;overflow-wrap:anywhere}
    .answer>:first-child{margin-top:.5rem}.answer table{font-size:.9em}.answer td,.answer th{text-align:left;white-space:normal}
    .answer .right{text-align:right}.answer .center{text-align:center}.answer ul,.answer ol{padding-left:1.6rem}
    .answer li.task{list-style:none}.prompt{background:var(--box);border-radius:8px;padding:.1rem 1rem}
    .time{margin:.8rem 0;display:grid;grid-template-columns:minmax(6rem,16rem) 1fr auto;gap:.25rem .8rem;align-items:center;
    font-size:.85rem}
    .time svg{display:block;width:100%;height:20px;overflow:visible}.time .axis{position:relative;height:1.3rem}
    .time .axis span{position:absolute;color:var(--quiet);transform:translateX(-50%)}.time .axis span:first-child{transform:none}
    .time .name{overflow-wrap:anywhere}.wait{fill:var(--wait)}.think{fill:var(--think)}.done{fill:var(--answer)}.cut{fill:var(--bad)}
    .ticks,.mark,.grid{fill:none;vector-effect:non-scaling-stroke}.ticks{stroke:var(--quiet);stroke-width:1;opacity:.55}
    .grid{stroke:var(--line);stroke-width:1}.mark{stroke:var(--first);stroke-width:2}.mark.ttfo{stroke:var(--text)}
    .legend{font-size:.8rem;color:var(--quiet)}.legend span{display:inline-block;margin-right:1em}
    .legend i{display:inline-block;width:1.4em;height:.55em;margin-right:.4em}
    .legend i.bar{width:2px;height:1em;vertical-align:-.15em}img{max-width:100%}
    @media(max-width:40rem){main{padding:1rem .9rem 3rem}.time{grid-template-columns:1fr auto}.time .name{grid-column:1/-1;margin-top:.4rem}
    .time .axis{grid-column:1}.time .none{display:none}.lane{padding:.1rem .8rem .5rem}}
    @media print{.lane,.prompt{break-inside:avoid}}
    """
}
