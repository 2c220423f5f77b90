"""Pages made to break, hang or flood a browser, to lead it astray, and to leave something behind.
By path; the faults' names come first."""

from __future__ import annotations

from tests.site.hostile_wire import kept
from tests.site.pages import LONG
from tests.site.wire import Answer, Handler, Seen

_BLOB = "URL.createObjectURL(new Blob(['{}']))"


def browser_pages() -> dict[str, Answer | Handler]:
    """Faults 15 to 24."""
    scripts = {
        f"/{fault}/{name}": Answer(kept(f"<script>{code}</script>"))
        for fault, cases in _SCRIPTS.items()
        for name, code in cases.items()
    }
    return {
        **scripts,
        "/never-loaded/script": Answer(kept('<script src="/never"></script>')),
        "/never-loaded/async": Answer(kept('<script async src="/never"></script>')),
        "/never-loaded/style": Answer(kept(head='<link rel="stylesheet" href="/never">')),
        "/never-loaded/picture": Answer(kept('<img src="/never"><iframe src="/never"></iframe>')),
        "/moving/refresh": Answer(kept(head='<meta http-equiv="refresh" content="0">')),
        "/moving/header": Answer(kept(), headers=(("Refresh", "0"),)),
        "/moving/on*": _moving_on,
        "/storm/hints": Answer(
            kept(), headers=tuple(("Link", f"</n?{n}>; rel=preload; as=fetch") for n in range(60))
        ),
        "/storm/nothing*": Answer("", type="text/plain"),
        "/state/cookies": Answer(
            kept(_script(_LEAVE)),
            headers=tuple(("Set-Cookie", f"crumb{n}={'x' * 500}") for n in range(60)),
        ),
        "/state/found": _found,
        "/tamper/built-ins": Answer(kept(_script(_TAMPER), head=_script(_TAMPER))),
        "/tamper/clobbered": Answer(kept(_CLOBBERED)),
        "/tamper/emptied": Answer(kept(_script("document.documentElement.remove()"))),
        "/tamper/frozen": Answer(kept(_script("debugger; Object.freeze(document)"))),
    }


def _script(code: str) -> str:
    return f"<script>{code}</script>"


def _moving_on(seen: Seen) -> Answer:
    number = int(seen.path.rpartition("/on")[2] or 0) + 1
    return Answer(kept(_script(f"location.href = '/moving/on{number}'")))


def _found(seen: Seen) -> Answer:
    """What a page finds of its predecessors, in its title."""
    sent = seen.headers.get("cookie", "")
    return Answer(
        f"<title>-</title><article><h1>Found</h1><p>{LONG}</p><p id=found></p></article>"
        + _script(
            f"const sent = {sent!r};"
            "indexedDB.databases().then(bases => { document.getElementById('found').textContent ="
            " `Found ${sent.length} ${document.cookie.length} ${Object.keys(localStorage).length}"
            " ${Object.keys(sessionStorage).length} ${name.length} ${bases.length} of others.` })"
        )
    )


_SCRIPTS: dict[str, dict[str, str]] = {
    "spin": {
        "at once": "while (true) {}",
        "later": "setTimeout(() => { while (true) {} }, 30)",
        "microtasks": "const again = () => Promise.resolve().then(again); setTimeout(again, 50)",
        "leaving": "onpagehide = onbeforeunload = onunload = () => { for (;;); }",
        "worker": f"new Worker({_BLOB.format('for (;;);')})",
        "animation": "const draw = () => { const until = performance.now() + 30;"
        " while (performance.now() < until); requestAnimationFrame(draw) }; draw()",
    },
    "dialogs": {
        "all": "alert('a'); confirm('b'); prompt('c'); print()",
        "again and again": "setInterval(() => alert('again'), 1)",
        "leaving": "onbeforeunload = e => { e.preventDefault(); return 'no' }",
        "permissions": "navigator.geolocation.getCurrentPosition(() => 0);"
        "Notification.requestPermission(); navigator.mediaDevices?.getUserMedia({audio: true});"
        "navigator.clipboard?.readText(); document.documentElement.requestFullscreen()",
        "file chooser": "const i = document.createElement('input'); i.type = 'file'; i.click();"
        "self.showOpenFilePicker?.()",
        "closing": "stop(); close()",
    },
    "storm": {
        "popups": "for (let i = 0; i < 50; i++) open('/storm/nothing?' + i)",
        "downloads": "const a = document.body.appendChild(document.createElement('a'));"
        "a.download = '../../planted.sh'; a.href = 'data:,x';"
        "for (let i = 0; i < 50; i++) a.click()",
        "console": "for (let i = 0; i < 20000; i++) console.log('\\x1b[31m'.repeat(20), i)",
        "errors": "setInterval(() => { throw new Error('again') }, 0)",
        "rejections": "setInterval(() => { Promise.reject(1) }, 0)",
        "frames": "for (let i = 0; i < 150; i++)"
        " document.body.append(document.createElement('iframe'))",
        "nested frames": "if (parent == self) for (let i = 0; i < 5; i++) document.body.append("
        "Object.assign(document.createElement('iframe'), {src: '/storm/nested%20frames?' + i}))",
        "workers": f"for (let i = 0; i < 30; i++) new Worker({_BLOB.format('1')})",
        "sockets": "for (let i = 0; i < 100; i++) new WebSocket(`ws://${location.host}/n?${i}`)",
        "requests": "for (let i = 0; i < 300; i++) fetch('/storm/nothing?' + i)",
        "writing": "setInterval(() => document.write('<p>again'), 5)",
        "growing": "setInterval(() => { for (let i = 0; i < 500; i++)"
        " document.body.append(document.createElement('i')) }, 5)",
        "nesting": "let at = document.body; for (let i = 0; i < 20000; i++)"
        " at = at.appendChild(document.createElement('b'))",
        "messages": "onmessage = e => postMessage(e.data, '*'); postMessage(1, '*')",
        "sound": "for (let i = 0; i < 100; i++) new AudioContext()",
    },
    "moving": {
        "reload": "location.reload()",
        "fragments": "setInterval(() => { location.hash = Math.random() }, 5)",
        "history": "for (let i = 0; i < 500; i++) history.pushState(0, '', '/moving/pushed' + i)",
        "back": "history.pushState(0, '', '?1'); history.back(); history.go(-9)",
        "away and back": "if (!location.search) location = '?1'; else location = location.pathname",
        "download": "location = '/lying/attachment'",
        "nothing": "location = '/status/204'",
        "form": "const f = document.body.appendChild(document.createElement('form'));"
        "f.method = 'post'; f.action = location; f.submit()",
    },
    "never-loaded": {
        "fetch": "fetch('/never')",
        "document": "document.open(); document.write(document.body ? '' : '<p>open')",
        "socket": "new WebSocket(`ws://${location.host}/never`)",
        "worker": f"new Worker({_BLOB.format('fetch(location.origin)')})",
    },
}

_LEAVE = """
  document.cookie = 'left=behind; max-age=3600'
  localStorage.left = sessionStorage.left = name = 'behind'
  indexedDB.open('left')
  navigator.serviceWorker?.register('/state/worker.js')
"""

_TAMPER = """
  Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'fooled'})
  Object.defineProperty(Document.prototype, 'documentElement', {get: () => null})
  Element.prototype.getHTML = Node.prototype.cloneNode = () => 'fooled'
  Document.prototype.querySelector = Document.prototype.createTreeWalker = () => null
  JSON.stringify = () => 'fooled'; Array.prototype.push = Array.prototype.map = () => ['fooled']
  String.prototype.slice = String.prototype.toWellFormed = () => 'fooled'
  Object.prototype.html = Object.prototype.state = 'fooled'
  self.Promise = self.Object = self.Element = self.NodeFilter = null
  for (let i = 0; i < 2000; i++) { clearTimeout(i); clearInterval(i) }
"""

_CLOBBERED = (
    "<form name=documentElement><input name=shadowRoot><input name=cloneNode>"
    "<input name=outerHTML><input name=childNodes></form><form name=doctype></form>"
    "<form name=scripts></form><form name=querySelector></form><img name=createTreeWalker>"
    "<form name=readyState></form>"
)
