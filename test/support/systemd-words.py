"""The words that systemd makes of command lines of units, by its own library: lines of hex in, lists of JSON out."""
import ctypes, glob, json, sys

FOUND = sorted(glob.glob('/usr/lib/*/systemd/libsystemd-shared-*.so') + glob.glob('/usr/lib/systemd/libsystemd-shared-*.so'))
if not FOUND:
    sys.exit('there is no systemd')
systemd = ctypes.CDLL(FOUND[0])
systemd.replace_env_argv.restype = ctypes.POINTER(ctypes.c_char_p)
# Of its header extract-word.h.
UNQUOTE, CUNESCAPE = 1 << 5, 1 << 1


class Specifier(ctypes.Structure):
    _fields_ = [('specifier', ctypes.c_char), ('lookup', ctypes.c_void_p), ('data', ctypes.c_void_p)]


def words(line):
    rest, found = ctypes.c_char_p(line), []
    while True:
        word, text = ctypes.c_char_p(), ctypes.c_char_p()
        more = systemd.extract_first_word(ctypes.byref(rest), ctypes.byref(word), None, UNQUOTE | CUNESCAPE)
        if more == 0:
            break
        none = (Specifier * 1)()
        most = ctypes.c_size_t(1 << 30)
        done = systemd.specifier_printf(word, most, none, None, None, ctypes.byref(text)) if more > 0 else more
        if done < 0:
            return None
        found.append(text.value)
    argv = (ctypes.c_char_p * (len(found) + 1))(*found, None)
    env = (ctypes.c_char_p * 2)(b'HOME=/put/in', None)
    given, i = systemd.replace_env_argv(argv, env), 0
    while given[i] is not None:
        i += 1
    return [given[at].decode('utf-8') for at in range(i)]


for hexadecimal in sys.stdin:
    print(json.dumps(words(bytes.fromhex(hexadecimal))), flush=True)
