# SPDX-License-Identifier: Apache-2.0
"""A real browser, driven over its own protocol (Chrome DevTools) by the standard library alone: a page is opened, forms are filled and sent, a virtual authenticator signs."""
import base64, hashlib, json, os, re, shutil, socket, struct, subprocess, tempfile, time, urllib.request

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def spki(certificate):
    """What names a key to a browser that is to take its certificate."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Line:
    """A WebSocket (RFC 6455) to the browser: texts, one frame each."""
    def __init__(self, url):
        host, port, path = re.fullmatch(r"ws://([^:/]+):(\d+)(/.*)", url).groups()
        self.s = socket.create_connection((host, int(port)), timeout=60)
        self.s.sendall(("GET %s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (path, host, port, base64.b64encode(os.urandom(16)).decode())).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.s.recv(1)
        assert b" 101 " in head, head

    def send(self, text):
        body, mask = text.encode(), os.urandom(4)
        size = len(body)
        head = bytes([0x81]) + (bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0x80 | 126, size) if size < 65536 else struct.pack(">BQ", 0x80 | 127, size))
        self.s.sendall(head + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(body)))

    def exactly(self, n):
        out = b""
        while len(out) < n:
            got = self.s.recv(n - len(out))
            if not got:
                raise EOFError("the browser is gone")
            out += got
        return out

    def receive(self):
        text = b""
        while True:
            a, b = self.exactly(2)
            size = b & 127
            size = struct.unpack(">H", self.exactly(2))[0] if size == 126 else struct.unpack(">Q", self.exactly(8))[0] if size == 127 else size
            text += self.exactly(size)
            if a & 0x80:
                return text.decode()


class Chromium:
    def __init__(self, certificate):
        self.folder = tempfile.mkdtemp()
        self.p = subprocess.Popen([PROGRAM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                                   "--remote-debugging-port=0", "--user-data-dir=" + self.folder, "--ignore-certificate-errors-spki-list=" + spki(certificate), "about:blank"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        port = None
        for _ in range(600):
            try:
                port = int(open(os.path.join(self.folder, "DevToolsActivePort")).readline())
                break
            except (OSError, ValueError):
                time.sleep(0.05)
        pages = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://127.0.0.1:%d/json" % port, timeout=20))
        self.line, self.n = Line([p for p in pages if p["type"] == "page"][0]["webSocketDebuggerUrl"]), 0
        for domain in ("Page", "Runtime", "Log"):
            self.do(domain + ".enable")

    def do(self, method, **params):
        self.n += 1
        self.line.send(json.dumps(dict(id=self.n, method=method, params=params)))
        while True:
            got = json.loads(self.line.receive())
            if got.get("id") == self.n:
                if "error" in got:
                    raise AssertionError((method, got["error"]))
                return got["result"]

    def run(self, script):
        got = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in got:
            raise AssertionError((script, got["exceptionDetails"]))
        return got["result"].get("value")

    def text(self):
        return self.run("document.body ? document.body.innerText : ''") or ""

    def open(self, url):
        self.do("Page.navigate", url=url)
        self.until(lambda: self.run("document.readyState") == "complete" and self.run("location.href") != "about:blank")

    def until(self, what, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            try:
                if what():
                    return True
            except AssertionError:
                pass  # between two pages
            time.sleep(0.1)
        return False

    def fill(self, action, press=0, **values):
        """The form that goes there is filled in, and its button pressed, the `press`-th."""
        self.run("""(() => { const form = document.querySelector('form[action="%s"]'); const values = %s;
            for (const name in values) form.elements[name].value = values[name];
            form.querySelectorAll('button')[%d].click(); })()""" % (action, json.dumps(values), press))

    def authenticator(self, **options):
        self.do("WebAuthn.enable")
        return self.do("WebAuthn.addVirtualAuthenticator", options=dict(dict(protocol="ctap2", transport="internal", hasUserVerification=True, hasResidentKey=True, isUserVerified=True, automaticPresenceSimulation=True), **options))["authenticatorId"]

    def picture(self, path, width, height, dark=False):
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.do("Emulation.setEmulatedMedia", features=[dict(name="prefers-color-scheme", value="dark" if dark else "light")])
        data = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def end(self):
        try:
            self.do("Browser.close")
        except (AssertionError, EOFError, OSError):
            pass
        try:
            self.p.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.p.pid, 9)
            self.p.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
