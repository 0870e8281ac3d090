//! The files that make up the private session's settings: a bus that starts nothing by itself, a window manager that
//! lets the one window fill the screen, and a quiet notification daemon.

use crate::Result;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const OPENBOX: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications>
    <application class="*" type="normal"><decor>no</decor><maximized>yes</maximized><focus>yes</focus></application>
  </applications>
</openbox_config>
"#;

const DUNST: &str = r##"[global]
monitor = 0
follow = none
width = (300, 380)
origin = bottom-right
offset = 20x44
padding = 12
horizontal_padding = 14
frame_width = 1
frame_color = "#343A46"
corner_radius = 8
font = Noto Sans 10
markup = full
format = "<b>%s</b>\n%b"
show_indicators = no
icon_position = left
max_icon_size = 40
idle_threshold = 0

[urgency_low]
background = "#1E2127"
foreground = "#ECEEF2"
timeout = 0

[urgency_normal]
background = "#1E2127"
foreground = "#ECEEF2"
timeout = 0

[urgency_critical]
background = "#1E2127"
foreground = "#ECEEF2"
timeout = 0
"##;

/// Makes the session's folders and writes its settings.
pub fn write(folder: &Path) -> Result<()> {
    for name in
        ["home", "run", "config/openbox", "config/dunst", "share/keyrings", "cache", "data", "scratch"]
    {
        std::fs::create_dir_all(folder.join(name))?;
    }
    std::fs::set_permissions(folder.join("run"), PermissionsExt::from_mode(0o700))?;
    // Without it a home folder has no place for downloads.
    std::fs::write(folder.join("config/user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n")?;
    std::fs::write(folder.join("config/openbox/rc.xml"), OPENBOX)?;
    std::fs::write(folder.join("config/dunst/dunstrc"), DUNST)?;
    std::fs::write(folder.join("bus.conf"), bus(folder))?;
    Ok(())
}

/// Without service folders nothing is started on demand: every process of the session is one that the tour started.
fn bus(folder: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        folder.join("run/bus").display()
    )
}
