# SPDX-License-Identifier: Apache-2.0
"""polkit_agent.py UNIT yes|no: starts a unit as nobody over the bus of the system, and is the agent that polkit asks
for a password, which it has. Prints what it is asked and what comes of the start. To be run as root."""

import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NOBODY = 65534
PATH = "/org/tend/Agent"
AUTHORITY = ("org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority")
INTERFACE = "org.freedesktop.PolicyKit1.Authority"


class Agent(dbus.service.Object):
    @dbus.service.method("org.freedesktop.PolicyKit1.AuthenticationAgent", in_signature="sssa{ss}sa(sa{sv})", async_callbacks=("done", "failed"))
    def BeginAuthentication(self, action, message, icon, details, cookie, identities, done, failed):
        print(action, message, flush=True)
        root = ("unix-user", {"uid": dbus.UInt32(0)})
        authority = dbus.Interface(as_root.get_object(*AUTHORITY), INTERFACE)
        authority.AuthenticationAgentResponse2(dbus.UInt32(NOBODY), cookie, root, reply_handler=done, error_handler=failed)


def connect(uid):
    os.seteuid(uid)
    bus = dbus.bus.BusConnection(dbus.bus.BusConnection.TYPE_SYSTEM)
    bus.get_name_owner("org.freedesktop.DBus")
    os.seteuid(0)
    return bus


def say(text):
    print(text, flush=True)
    loop.quit()


unit, interactive = sys.argv[1], sys.argv[2] == "yes"
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
loop = GLib.MainLoop()
as_root = connect(0)
os.setresuid(NOBODY, 0, 0)  # the subject of the question is the process, whose user must be the caller's
as_nobody = connect(NOBODY)
agent = Agent(as_nobody, PATH)
fields = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
subject = ("unix-process", {"pid": dbus.UInt32(os.getpid()), "start-time": dbus.UInt64(int(fields[19]))})
dbus.Interface(as_nobody.get_object(*AUTHORITY), INTERFACE).RegisterAuthenticationAgent(subject, "C", PATH)
call = dbus.lowlevel.MethodCallMessage("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "StartUnit")
call.append(unit, "replace", signature="ss")
if interactive:
    call.set_allow_interactive_authorization(True)
GLib.timeout_add_seconds(50, lambda: say("nothing came"))


def on_reply(reply):
    failed = isinstance(reply, dbus.lowlevel.ErrorMessage)
    say(reply.get_error_name() if failed else "started")


as_nobody.send_message_with_reply(call, on_reply, 50)
loop.run()
