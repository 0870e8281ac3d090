#!/bin/bash
# A real Request Tracker 5 for tests, from Debian's packages, in a folder of its own: own configuration, own SQLite
# database, own outbox, on 127.0.0.1 only. It runs as whoever starts it and touches nothing outside of that folder.
#
#   rt.sh up DIR PORT TICKETS SNAPSHOT   serve; the database comes from SNAPSHOT, which is made first where it is missing
#   rt.sh down DIR                       stop
#   rt.sh perl DIR 'CODE'                run CODE inside RT, without mail ($S is RT's system user)
#   rt.sh mail DIR 'CODE'                the same, with mail
#
# What it leaves in DIR: *.token (keys), outbox/*.eml (each mail that RT would have sent, one file), log/, server.pid.
# `touch DIR/slow` makes each mail take 0.3 seconds, as a mail server far away does.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC
SHARE=/usr/share/request-tracker5
die() { printf 'rt.sh: %s\n' "$*" >&2; exit 1; }

configure() { # DIR PORT
  mkdir -p "$1"/{etc/d,log,outbox,var,mason,session}
  cat >"$1/etc/RT_SiteConfig.pm" <<EOF
\$RT::VarPath = '$1/var';
\$RT::MasonDataDir = '$1/mason';
\$RT::MasonSessionDir = '$1/session';
Set(\$rtname, 'desk.test');
Set(\$Organization, 'desk.test');
Set(\$Timezone, 'UTC');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $2);
Set(\$WebPath, '');
Set(\$CorrespondAddress, 'support\@desk.test');
Set(\$CommentAddress, 'notes\@desk.test');
Set(\$OwnerEmail, 'owner\@desk.test');
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$1/var/rt5.sqlite');
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'warning');
# Every request checks a bcrypt hash; the default cost takes a third of a second.
Set(\$BcryptCost, 4);
# A lifecycle of the company's own, with none of RT's words.
Set(%Lifecycles, orders => {
    type => 'ticket', initial => ['received'], active => ['packing'], inactive => ['shipped', 'called off'],
    defaults => { on_create => 'received', on_merge => 'shipped' },
    transitions => { '' => ['received'], received => ['packing', 'shipped', 'called off'],
        packing => ['shipped', 'called off'], shipped => ['packing'], 'called off' => ['packing'] },
    rights => { '* -> *' => 'ModifyTicket' },
    actions => [ 'received -> packing' => { label => 'Pack' }, '* -> shipped' => { label => 'Ship', update => 'Respond' },
        '* -> called off' => { label => 'Call off' }, 'shipped -> packing' => { label => 'Again', update => 'Respond' } ],
});
my \$mails = 0;
Set(\$MailCommand, sub {
    my \$entity = shift;
    return 1 if \$ENV{RT_NO_MAIL};
    require Time::HiRes;
    Time::HiRes::sleep(0.3) if -e '$1/slow';
    my \$file = sprintf '%s/outbox/%.6f-%d-%d', '$1', Time::HiRes::time(), \$\$, ++\$mails;
    open my \$out, '>', "\$file.tmp" or return 0;
    \$entity->print(\$out); close \$out; rename "\$file.tmp", "\$file.eml";
    return 1;
});
1;
EOF
}

inside() { # DIR: the environment in which RT is this one
  export RT_SITE_CONFIG="$1/etc/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$1/etc/d" RT_DIR="$1"
}

run_perl() { # DIR CODE
  inside "$1"
  perl -I$SHARE/lib -e 'use strict; use warnings; use utf8; use RT; RT::LoadConfig(); RT::Init(); my $S = RT->SystemUser;
    '"$2"
}

make() { # DIR TICKETS: a new database with people, queues, rights and tickets
  printf 'rootpass\n' >"$1/etc/root.pass"
  inside "$1"
  RT_NO_MAIL=1 rt-setup-database-5 --action init --root-password-file "$1/etc/root.pass" >"$1/log/init.log" 2>&1 \
    || { tail -20 "$1/log/init.log" >&2; die "the database could not be made"; }
  sqlite3 "$1/var/rt5.sqlite" 'PRAGMA journal_mode=WAL' >/dev/null
  RT_NO_MAIL=1 RT_TICKETS="$2" perl -I$SHARE/lib "$(dirname "$0")/seed.pl" >>"$1/log/init.log" 2>&1 \
    || { tail -20 "$1/log/init.log" >&2; die "the database could not be filled"; }
}

up() { # DIR PORT TICKETS SNAPSHOT
  [ -x $SHARE/libexec/rt-server ] || die "request-tracker5 is not installed"
  mkdir -p "$1"; configure "$1" "$2"
  if [ ! -f "$4" ]; then
    make "$1" "$3"
    local made; made=$(mktemp -d)
    sqlite3 -cmd '.timeout 20000' "$1/var/rt5.sqlite" ".backup '$made/rt5.sqlite'"; cp "$1"/*.token "$made/"
    mkdir -p "$(dirname "$4")"; tar -C "$made" -czf "$4.$$" . && mv "$4.$$" "$4"; rm -rf "$made"
  else
    tar -C "$1/var" -xzf "$4"; mv "$1"/var/*.token "$1/"
    sqlite3 "$1/var/rt5.sqlite" 'PRAGMA journal_mode=WAL' >/dev/null
  fi
  inside "$1"
  setsid $SHARE/libexec/rt-server --server Starlet --host 127.0.0.1 --port "$2" --max-workers "${RT_WORKERS:-5}" \
    --max-keepalive-reqs 1000 --timeout 300 </dev/null >>"$1/log/server.log" 2>&1 &
  echo $! >"$1/server.pid"
  local end=$((SECONDS + 120))
  while [ $SECONDS -lt $end ]; do
    kill -0 "$(cat "$1/server.pid")" 2>/dev/null || { tail -20 "$1/log/server.log" >&2; die "it ended at once"; }
    curl -sf -m 20 -o /dev/null -H "Authorization: token $(cat "$1/root.token")" "http://127.0.0.1:$2/REST/2.0/rt" && return
    sleep 0.1
  done
  die "it does not answer within two minutes"
}

down() { # DIR
  local pid; pid=$(cat "$1/server.pid" 2>/dev/null) || return 0
  kill -TERM "$pid" 2>/dev/null || true
  for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$pid" 2>/dev/null || true     # its workers: a session of its own
  rm -f "$1/server.pid"
}

case "${1:-}" in
  up) up "$2" "$3" "$4" "$5" ;;
  down) down "$2" ;;
  perl) RT_NO_MAIL=1 run_perl "$2" "$3" ;;
  mail) run_perl "$2" "$3" ;;
  *) sed -n '2,12p' "$0"; exit 2 ;;
esac
