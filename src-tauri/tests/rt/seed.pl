# Fills a new database: people, queues, rights, custom fields, tokens, and tickets that are the same in every run.
use strict; use warnings; use utf8;
use RT; RT::LoadConfig(); RT::Init();
use MIME::Entity; use Encode; use Digest::MD5 'md5_hex';

my ($system, $dir, $count) = (RT->SystemUser, $ENV{RT_DIR}, $ENV{RT_TICKETS});
sub ok { my ($id, $message) = @_; die "failed: " . ($message // '?') . "\n" unless $id; return $id }

# Gerda reads RT in German, Toshi in Japanese and in the time of Tokyo; "limited" may only look into Billing.
my %user;
for (['anna', 'Anna Ågren'], ['ben', 'Ben Okafor'], ['chloe', 'Chloé Dupont'], ['gerda', 'Gerda Groß', 'de', 'Europe/Berlin'],
     ['toshi', '佐藤敏', 'ja', 'Asia/Tokyo'], ['limited', 'Lim Ited']) {
    my ($login, $name, $lang, $zone) = @$_;
    my $user = RT::User->new($system);
    ok($user->Create(Name => $login, RealName => $name, EmailAddress => "$login\@desk.test", Password => 'agentpass',
        Privileged => 1, $lang ? (Lang => $lang, Timezone => $zone) : ()));
    $user{$login} = $user;
}
my @agents = qw(anna ben chloe gerda toshi);
my $group = RT::Group->new($system);
ok($group->CreateUserDefinedGroup(Name => 'Agents', Description => 'support agents'));
ok($group->AddMember($user{$_}->PrincipalId)) for @agents;

my %queue;
for (['Billing'], ['Shipping'], ['Customer care'], ['Private'], ['Orders', 'orders']) {
    my ($name, $lifecycle) = @$_;
    my $address = lc $name; $address =~ s/\W/-/g;
    my $queue = RT::Queue->new($system);
    ok($queue->Create(Name => $name, Description => "$name questions", CorrespondAddress => "$address\@desk.test",
        CommentAddress => "$address-notes\@desk.test", $lifecycle ? (Lifecycle => $lifecycle) : ()));
    $queue{$name} = $queue;
}
$queue{General} = RT::Queue->new($system); $queue{General}->Load('General');

for (['Tags', 'FreeformMultiple', 'RT::Queue-RT::Ticket'],
     ['ClientRef', 'FreeformSingle', 'RT::Queue-RT::Ticket-RT::Transaction']) {
    my $field = RT::CustomField->new($system);
    ok($field->Create(Name => $_->[0], Type => $_->[1], LookupType => $_->[2]));
    ok($field->AddToObject(RT::Queue->new($system)));
}
for my $queue (grep { $_ ne 'Private' } keys %queue) {
    ok($group->PrincipalObj->GrantRight(Right => $_, Object => $queue{$queue}))
        for qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket OwnTicket ModifyTicket
               DeleteTicket TakeTicket StealTicket ReassignTicket Watch WatchAsAdminCc SeeCustomField ModifyCustomField);
}
ok($group->PrincipalObj->GrantRight(Right => $_, Object => RT->System)) for qw(ManageAuthTokens SeeGroup);
ok($user{limited}->PrincipalObj->GrantRight(Right => $_, Object => $queue{Billing})) for qw(SeeQueue ShowTicket SeeCustomField);
my $requestors = RT::Group->new($system);
$requestors->LoadRoleGroup(Object => RT->System, Name => 'Requestor');
ok($requestors->PrincipalObj->GrantRight(Right => 'ReplyToTicket', Object => RT->System));

$user{root} = RT::User->new($system); $user{root}->Load('root'); $user{root}->SetEmailAddress('root@desk.test');
for my $login (@agents, qw(root limited)) {
    my $token = RT::AuthToken->new($system);
    my ($id, $message, $secret) = $token->Create(Owner => $user{$login}->Id, Description => 'test'); ok($id, $message);
    open my $out, '>', "$dir/$login.token" or die $!; print $out $secret; close $out;
}

# Data only: no mail, and no scrip but what happens here.
{ no warnings qw(redefine once); require RT::Scrips; *RT::Scrips::Prepare = sub { 1 }; *RT::Scrips::Commit = sub { 1 }; }
my %as; for (@agents) { $as{$_} = RT::CurrentUser->new; $as{$_}->Load($_) }
my @queues = ('General', 'Billing', 'Shipping', 'Customer care');
my @status = qw(new open open open stalled resolved); my @tags = qw(refund urgent vip bug über);
my @what = ('Where is my order', 'Refund for order', 'Cannot log in', 'Größe passt nicht', '配送について');
my @first = qw(Maria Jonas Priya Olu Chen Fatima Lars Zoë Tomás Ines); my @last = qw(Silva Berg Nair Ade Wei Haddad Holm);
sub mail { my ($text) = @_; MIME::Entity->build(Type => 'text/plain', Charset => 'UTF-8', Encoding => '8bit', Data => [Encode::encode('UTF-8', $text)]) }
my $now = time;
sub iso { my @t = gmtime shift; sprintf '%04d-%02d-%02d %02d:%02d:%02d', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] }
my $dbh = $RT::Handle->dbh; $dbh->do('PRAGMA synchronous=OFF');
for my $i (1 .. $count) {
    srand(hex substr(md5_hex("ticket $i"), 0, 7));
    my $name = $first[$i % 10] . ' ' . $last[$i % 7];
    my $subject = "$what[rand @what] #" . (10000 + $i);
    my $orders = $i % 40 == 0;
    $RT::Handle->BeginTransaction;
    my $ticket = RT::Ticket->new($system);
    my ($id, undef, $message) = $ticket->Create(
        Queue => $orders ? 'Orders' : $queues[$i % @queues], Subject => $subject, Priority => 10 * int rand 11,
        Requestor => [qq{"$name" <customer$i\@shop.test>}], Owner => (qw(anna ben chloe Nobody))[rand 4],
        MIMEObj => mail("Hello,\n\nthis is $name about \"$subject\".\nPlease help — thanks ✓\n"));
    die "create: $message" unless $id;
    for (1 .. int rand 3) { $ticket->AddCustomFieldValue(Field => 'Tags', Value => $tags[rand @tags], RecordTransaction => 0) }
    for my $n (1 .. int rand 3) {
        my $who = (qw(anna ben chloe))[rand 3];
        my $mine = RT::Ticket->new($as{$who}); $mine->Load($id);
        $n % 2 ? $mine->Correspond(MIMEObj => mail("Reply $n from $who on $subject.\n")) : $mine->Comment(MIMEObj => mail("Note $n by $who.\n"));
    }
    my $to = $orders ? (qw(received packing shipped))[rand 3] : $status[rand @status];
    $ticket->SetStatus($to) if $to ne $ticket->Status;
    my $created = $now - int(60 * 86400 * (1 - $i / ($count + 1))) - 7200;
    my $updated = $created + int rand($now - $created - 3600);
    $dbh->do('update Tickets set Created=?, LastUpdated=? where id=?', undef, iso($created), iso($updated), $id);
    my $ids = $dbh->selectcol_arrayref(q{select id from Transactions where ObjectType='RT::Ticket' and ObjectId=? order by id}, undef, $id);
    my $place = 0;
    for (@$ids) {
        my $at = iso($created + int(($updated - $created) * $place++ / (@$ids > 1 ? @$ids - 1 : 1)));
        $dbh->do('update Transactions set Created=? where id=?', undef, $at, $_);
    }
    $RT::Handle->Commit;
}
