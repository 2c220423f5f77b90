// The document as HTML, written as the HTML standard says (13.3), open shadow roots as templates.
// Elements that hold text of which nothing can be seen carry a mark with the reason; the page
// itself is not touched, and marks of its own are left out.
//
// getter() and method() reach what the browser made: a form or an image that is named like a
// property of its document hides that property.
(limit, mark) => {
  const VOID = new Set(('area base basefont bgsound br col embed frame hr img input keygen link ' +
    'meta param source track wbr').split(' '))
  const RAW = new Set('style script xmp iframe noembed noframes plaintext noscript'.split(' '))
  const NOT_JUDGED = new Set(('head script style template noscript title select datalist audio ' +
    'video object iframe svg math canvas textarea').split(' '))
  const SHOWN = new Set('img picture video iframe svg math canvas embed object'.split(' '))
  const KNOWN = new Set(['html', '2000/svg', '1998/Math/MathML']
    .map(name => 'http://www.w3.org/' + (name === 'html' ? '1999/xhtml' : name)))
  const MOST_JUDGED = 50000  // elements; it takes about 10 microseconds each

  const rootOf = getter(Document, 'documentElement'), doctypeOf = getter(Document, 'doctype')
  const kindOf = getter(Node, 'nodeType'), firstOf = getter(Node, 'firstChild')
  const nextOf = getter(Node, 'nextSibling'), parentOf = getter(Node, 'parentElement')
  const dataOf = getter(CharacterData, 'data'), targetOf = getter(ProcessingInstruction, 'target')
  const localOf = getter(Element, 'localName'), nameOf = getter(Element, 'tagName')
  const spaceOf = getter(Element, 'namespaceURI')
  const shadowOf = getter(Element, 'shadowRoot'), contentOf = getter(HTMLTemplateElement, 'content')
  const topOf = getter(Element, 'scrollTop'), leftOf = getter(Element, 'scrollLeft')
  const keysOf = method(Element, 'getAttributeNames'), valueOf = method(Element, 'getAttribute')
  const isShown = method(Element, 'checkVisibility'), boxOf = method(Element, 'getBoundingClientRect')

  const root = rootOf(document)
  if (!root) return {html: ''}
  const leftToRight = getComputedStyle(root).direction !== 'rtl'
  const pieces = [], marks = [], open = []
  let size = 0, judged = 0, anythingSeen = false

  const write = text => { pieces.push(text); size += text.length }
  const escape = text => text.replaceAll('&', '&amp;').replaceAll('\u00a0', '&nbsp;')
  const escapeText = text => escape(text).replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const above = function* (node) { for (; node && node !== root; node = parentOf(node)) yield node }
  const tell = (frame, why) => {
    if (frame.slot < 0) return
    while (marks.length && marks.at(-1)[0] > frame.slot) marks.pop()  // said of the whole instead
    marks.push([frame.slot, why])
  }

  // Why no text below an element is seen, its box considered; '' when some may be.  Pictures are
  // not loaded and say nothing about their boxes.
  const boxHides = node => {
    const box = boxOf(node)
    if (box.width > 1 && box.height > 1) return ''
    const {overflow} = getComputedStyle(node)
    if (overflow === 'visible' || overflow.includes('auto') || overflow.includes('scroll')) return ''
    return box.width <= 1 && box.height <= 1 ? 'clip' : box.width && box.height ? '' : 'collapsed'
  }

  // Why text that stands directly in an element is not seen.
  const textHides = node => {
    const style = getComputedStyle(node)
    if (style.visibility !== 'visible') return 'visibility'
    if (parseFloat(style.fontSize) < 1) return 'size'
    if (parseFloat(style.textIndent) < -500) return 'place'
    if (/^rgba\(.*, 0\)$/.test(style.webkitTextFillColor) && style.textShadow === 'none') {
      const painted = one => getComputedStyle(one).backgroundClip.includes('text')
      if (![...above(node)].some(painted)) return 'colour'
    }
    const box = boxOf(node)
    const off = (leftToRight && box.right + scrollX <= 0) || box.bottom + scrollY <= 0
    if (off && box.width && ![...above(node)].some(one => topOf(one) || leftOf(one))) return 'place'
    if (!isShown(node, {opacityProperty: true})) {
      const faded = [...above(node)].find(one => getComputedStyle(one).opacity === '0')
      if (faded && !comesYet(faded)) return 'opacity'
    }
    return ''
  }

  // Text that fades in when it is scrolled to is only not there yet.
  const comesYet = node => {
    const style = getComputedStyle(node)
    return style.transitionDuration.split(', ').some(time => time !== '0s') ||
      style.animationName !== 'none' || style.willChange !== 'auto' ||
      (valueOf(node, 'style') || '').includes('transform')
  }

  const enter = (node, judge, within) => {
    if (judge && judged++ > MOST_JUDGED) judge = false
    const html = spaceOf(node) === 'http://www.w3.org/1999/xhtml'
    const name = KNOWN.has(spaceOf(node)) ? localOf(node) : nameOf(node)
    write('<' + name)
    for (const key of keysOf(node))
      if (key !== mark) write(` ${key}="${escape(valueOf(node, key) ?? '').replaceAll('"', '&quot;')}"`)
    const markable = judge && node !== root && name !== 'body' && !SHOWN.has(name)
    const frame = {
      node, judge, within, next: null, end: `</${name}>`, raw: html && RAW.has(name), why: null,
      slot: markable ? pieces.push('') - 1 : -1, dark: '', seen: judge && SHOWN.has(name),
    }
    write('>')
    if (html && VOID.has(name)) frame.end = ''
    else frame.next = firstOf(html && name === 'template' ? contentOf(node) : node)
    if (judge && NOT_JUDGED.has(name)) frame.judge = false
    else if (markable) {
      if (isShown(node)) {
        frame.within ||= boxHides(node)
      } else {
        const {display} = getComputedStyle(node)
        if (display === 'none' || display === '') { tell(frame, 'display'); frame.judge = false }
        else if (display !== 'contents') { frame.judge = false; frame.seen = true }
      }
    }
    open.push(frame)
    const shadow = shadowOf(node)
    if (shadow) {
      write('<template shadowrootmode="open">')
      open.push({...frame, next: firstOf(shadow), end: '</template>', slot: -1, why: null})
    }
  }

  const leave = frame => {
    open.pop()
    write(frame.end)
    if (frame.dark && !frame.seen) tell(frame, frame.dark)
    const parent = open.at(-1)
    if (parent) {
      parent.dark ||= frame.dark
      parent.seen ||= frame.seen
    }
  }

  const text = (node, frame) => {
    const data = dataOf(node)
    write(frame.raw ? data : escapeText(data))
    if (!frame.judge || !/\S/.test(data)) return
    frame.why ??= frame.within || textHides(frame.node)
    if (frame.why) frame.dark = frame.why
    else frame.seen = anythingSeen = true
  }

  enter(root, true, '')
  while (open.length && size <= limit) {
    const frame = open.at(-1), node = frame.next
    if (!node) { leave(frame); continue }
    frame.next = nextOf(node)
    const kind = kindOf(node)
    if (kind === Node.ELEMENT_NODE) enter(node, frame.judge, frame.within)
    else if (kind === Node.TEXT_NODE || kind === Node.CDATA_SECTION_NODE) text(node, frame)
    else if (kind === Node.COMMENT_NODE) write(`<!--${dataOf(node)}-->`)
    else if (kind === Node.PROCESSING_INSTRUCTION_NODE)
      write(`<?${targetOf(node)} ${dataOf(node)}>`)
  }
  if (size > limit) return {length: size}
  if (anythingSeen) for (const [slot, why] of marks) pieces[slot] = ` ${mark}="${why}"`
  const html = pieces.join('').toWellFormed()
  const type = doctypeOf(document)
  if (!type) return {html}
  const words = ['<!DOCTYPE', type.name]
  if (type.publicId) words.push('PUBLIC', `"${type.publicId}"`)
  else if (type.systemId) words.push('SYSTEM')
  if (type.systemId) words.push(`"${type.systemId}"`)
  return {html: `${words.join(' ')}>\n${html}`.toWellFormed()}
}
