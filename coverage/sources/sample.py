"""Sample data: a made-up library of 372 rules, the same at every call, for when no source has any."""

from __future__ import annotations

from collections.abc import Iterator

from coverage.model import RuleSet
from coverage.sources.records import rules_from_records

SOURCE = "Sample data"
_WHERE = "sample"

# A line at the margin holds what the rules below it share: tactics | techniques | log source. An indented line holds a
# severity, "disabled" where that is so, and a name. Where a name has alternatives in braces, each makes a rule of its
# own: "PowerShell started by {Word|Excel}" makes two.
_LIBRARY = """
Reconnaissance | T1595.001 | network/firewall
  informational: Sweep of the public address range from one network
Reconnaissance | T1595.002 | web/waf
  low: Web vulnerability scanner recognised by its requests
Reconnaissance | T1595.003 | web/server
  informational: Run of requests for directories that do not exist
Reconnaissance | T1598.003 | email/gateway
  medium: Link to a form that asks staff for organisation details

Resource Development | T1583.001 | network/dns
  medium: Newly registered domain that resembles {the company's name|a payment partner's name}

Initial Access | T1566.001 | email/gateway
  high: Attachment is an HTML page that assembles a file in the browser
  medium, disabled: Attachment from a first-time sender is {a password-protected archive|a disk image}
Initial Access | T1566.002 | email/gateway
  medium: Link to a domain registered this week in a message from outside
Initial Access | T1078.004 | azure/signin
  medium: Sign-in from {an anonymising proxy|a country without staff|a hosting provider's network}
  high: Sign-in from two continents within an hour
  critical: Break-glass account signed in
  low: Administrator signed in outside working hours
  medium: Sign-in over a legacy protocol that cannot ask for a second factor
Initial Access | T1078.004 | aws/cloudtrail
  high: Root user signed in to the AWS console {without a second factor|from an unknown network}
  medium: Access key used from a second country within a day
Initial Access | T1078.004 | gcp/audit
  medium: Service account key used from outside Google Cloud
Initial Access | T1078 | okta/system
  medium: Okta session continued from another {device|network} in mid-use
Initial Access, Persistence | T1078.002 | windows/security
  medium: Service account logged on interactively
  high: Domain administrator logged on to a workstation
  low: Dormant domain account logged on again
Initial Access | T1078.001 | network/syslog
  medium: Factory password accepted by {a network printer|a storage appliance}
Initial Access | T1190 | web/waf
  high: JNDI lookup string in a request header
  high: {SQL injection|Path traversal|Template injection} in a request that the server answered normally
  medium: Burst of server errors for one client after a scan
Initial Access, Persistence | T1190, T1505.003 | windows/process_creation
  critical: {IIS|Exchange|Tomcat} worker process started a command shell
Initial Access | T1190 | network/ids
  medium: Known exploit path requested on {a VPN appliance|a mail server}
Initial Access | T1133 | vpn/gateway
  medium: VPN session from a device that is not managed
  high: VPN session opened without a second factor
Initial Access | T1189 | web/proxy
  medium, disabled: Browser redirected through {an exploit kit's landing page|a fake update page}
Initial Access | T1199 | azure/audit
  medium: Partner tenant used its delegated rights for the first time
Initial Access | T1091 | windows/file_event
  medium: Program started from a removable drive through a shortcut

Execution | T1059.001 | windows/process_creation
  high: PowerShell started with an encoded command
  high: PowerShell started by {Word|Excel|Outlook|OneNote}
  high: PowerShell started by {a script host|the SQL Server service}
  medium: PowerShell started with a hidden window and no profile
  medium: PowerShell forced back to its oldest engine
  low: PowerShell script run from the downloads folder
Execution | T1059.001 | windows/powershell
  high: Script block {runs a download in memory|loads a .NET assembly from bytes|calls Win32 functions by reflection}
  critical: Script block holds functions of {a credential dumper|an attack framework}
  medium: PowerShell session opened remotely on {a domain controller|many hosts within a minute}
  informational: Script block that PowerShell itself marked as suspicious
Execution, Defense Evasion | T1059.001, T1027.010 | windows/powershell
  medium: PowerShell command obscured by {reversed strings|backticks}
Execution | T1059.003 | windows/process_creation
  medium: Command shell started by {a browser|a PDF reader}
  low: Command line broken up with carets
Execution | T1059.005 | windows/process_creation
  high: Script host ran a VBScript file from {a mounted disk image|a temporary folder}
Execution | T1059.007 | windows/process_creation
  high: Script host ran a JScript file from {a mounted disk image|a temporary folder}
Execution | T1059.004 | linux/process_creation
  high: Reverse shell opened with {Bash|Python|Netcat}
  medium: Output of {curl|wget} piped straight into a shell
Execution | T1059.006 | windows/process_creation
  medium: Python interpreter unpacked into a temporary folder
Execution | T1059.002 | macos/process_creation
  medium: AppleScript run by an application outside the Applications folder
Execution | T1059.009 | aws/cloudtrail
  low: Cloud shell opened by an account that never used it
Execution | T1047 | windows/process_creation
  high: WMI provider host started {a command shell|PowerShell}
  medium: WMIC started a process on a remote host
Execution | T1047 | windows/wmi_event
  medium: Remote WMI call from a workstation
  low: WMI query for the installed antivirus product
Execution, Persistence | T1053.005 | windows/security
  high: Scheduled task runs {a script host|a program in a user profile}
  medium: Scheduled task created {over the network|by an Office application}
  high: Scheduled task hidden by removing its security descriptor
Execution, Persistence | T1053.003 | linux/auditd
  medium: Cron {entry written by a web server user|file changed outside package management|job fetches a remote script}
Execution, Persistence | T1053.007 | kubernetes/audit
  medium: Cron job created in a Kubernetes system namespace
Execution | T1204.002 | windows/process_creation
  high: Office application started a program from a temporary folder
  medium: Program opened from inside {a ZIP archive|a mounted ISO image}
Execution | T1204.001 | web/proxy
  medium: Link in a message led to a program download
Execution | T1204.004 | windows/registry
  high: Run dialog received a pasted {PowerShell|mshta} command
Execution | T1204.003 | kubernetes/audit
  medium: Container image pulled from an unknown registry
Execution | T1106 | windows/edr
  medium: Direct system call from memory without a file behind it
  low, disabled: Native API function resolved by hash
Execution | T1569.002 | windows/system
  high: Service control manager started a command shell
Execution | T1203 | windows/process_creation
  high: PDF reader started a program after a crash
Execution | T1609 | kubernetes/audit
  medium: Interactive shell opened in a {production|kube-system} pod
Execution | T1610 | kubernetes/audit
  high: Privileged container deployed outside the build pipeline
Execution | T1651 | azure/audit
  medium: Run command used on a virtual machine from the Azure portal

Persistence | T1547.001 | windows/registry
  medium: Run key points to {a user profile|a script interpreter|an encoded command}
  high: Run key written by {an Office application|a remote registry session}
Persistence | T1547.001 | windows/file_event
  medium: Startup folder received {a script|a shortcut to a network path}
Persistence | T1547.004 | windows/registry
  high: Winlogon {shell|userinit} value replaced
Persistence | T1547.005 | windows/registry
  high: Security support provider added to LSA
Persistence | T1547.006 | linux/auditd
  medium: Kernel module set to load at every boot
Persistence | T1547.015 | macos/file_event
  low: Login item added outside System Settings
Persistence | T1136.001 | windows/security
  medium: Local account created outside the provisioning system
  high: Local account created and made administrator in one session
  high: Local account created under the name of a computer
Persistence | T1136.001 | linux/auditd
  high: Second account with the user id of root created
Persistence | T1136.002 | windows/security
  medium: Domain account created by someone outside the help desk
Persistence | T1136.003 | aws/cloudtrail
  medium: IAM user created from a session without a second factor
Persistence | T1136.003 | azure/audit
  medium: Cloud-only administrator account created in Entra ID
Persistence | T1176.001 | windows/file_event
  medium: Browser extension installed from outside the web store
Persistence | T1176 | windows/registry
  low: Browser extension forced by policy on a computer that is not managed
Persistence | T1137.001 | windows/file_event
  medium, disabled: Office template folder received a macro file
Persistence | T1137.006 | windows/registry
  low, disabled: Office add-in registered by a user
Persistence, Privilege Escalation | T1543.003 | windows/system
  high: Service installed with a program in a user profile
  medium, disabled: Program path of an existing service changed
Persistence, Privilege Escalation | T1543.001 | macos/file_event
  medium: Launch agent points to a hidden file
Persistence, Privilege Escalation | T1543.002 | linux/auditd
  medium, disabled: Systemd unit written outside package management
Persistence | T1505.003 | web/server
  critical: Web shell recognised by its requests
  high: Script written to the web root by the web server itself
Persistence, Privilege Escalation | T1098.003 | azure/audit
  critical: Global administrator role granted outside privileged identity management
  high: Directory role granted to a service principal
Persistence, Privilege Escalation | T1098.001 | azure/audit
  medium: Second secret added to a service principal
Persistence, Privilege Escalation | T1098.001 | aws/cloudtrail
  medium: Access key created for another IAM user
Persistence, Privilege Escalation | T1098.004 | linux/auditd
  high: Authorised SSH keys changed by a web server user
Persistence, Privilege Escalation | T1098.005 | azure/audit
  medium: Device registered right after a risky sign-in
Persistence, Privilege Escalation | T1098 | windows/security
  high: Account added to {Domain Admins|Backup Operators}
Persistence, Privilege Escalation | T1546.003 | windows/wmi_event
  high: WMI event consumer runs a script
Persistence, Privilege Escalation | T1546.008 | windows/file_event
  critical: Sticky keys program replaced by a command shell
Persistence, Privilege Escalation | T1546.012 | windows/registry
  high: Debugger set for a program of the logon screen
Persistence, Privilege Escalation | T1546.015 | windows/registry
  medium: COM object redirected in the user's own registry hive
Persistence, Credential Access | T1556.006 | azure/audit
  high: Second factor {removed from an administrator|waived by a new conditional access rule}
Persistence, Credential Access | T1556.003 | linux/auditd
  high: PAM module replaced outside package management

Privilege Escalation | T1134.001 | windows/edr
  high: Token of a SYSTEM process duplicated by a user's program
Privilege Escalation | T1134.004 | windows/edr
  medium: Process started under a parent it did not come from
Privilege Escalation | T1068 | windows/driver_load
  high: Signed driver with a known vulnerability loaded
Privilege Escalation | T1068 | linux/syslog
  medium: Crash of a setuid program followed by a root shell
Privilege Escalation, Defense Evasion | T1055.001 | windows/edr
  high: Library injected into {Explorer|a browser} by a remote thread
Privilege Escalation, Defense Evasion | T1055.012 | windows/edr
  high: Image of a suspended process replaced before it ran
Privilege Escalation, Defense Evasion | T1055.004 | windows/edr
  high: Asynchronous procedure call queued into a new process
Privilege Escalation, Defense Evasion | T1055 | windows/network_connection
  high: {Rundll32|Notepad} without arguments opened a network connection
Privilege Escalation, Defense Evasion | T1055.008 | linux/auditd
  medium: Running process attached with ptrace by a script
Privilege Escalation | T1548.002 | windows/registry
  high: UAC bypassed through {fodhelper|Event Viewer|the backup wizard}
  medium: UAC prompt turned off in the registry
Privilege Escalation | T1548.001 | linux/auditd
  medium: Setuid bit set on a copied shell
Privilege Escalation | T1548.005 | aws/cloudtrail
  medium: Chain of assumed roles that ends at an administrator
Privilege Escalation, Defense Evasion | T1484.001 | windows/security
  high: Group policy object changed {by an unusual account|to deploy a scheduled task}
Privilege Escalation, Defense Evasion | T1484.002 | azure/audit
  critical: Federation settings of a domain changed
Privilege Escalation | T1611 | kubernetes/audit
  high: Pod mounts the host's root folder

Defense Evasion | T1027 | windows/process_creation
  medium: Command line carries a long Base64 block
Defense Evasion | T1027.004 | windows/process_creation
  medium: C# compiler started by a script host
Defense Evasion | T1027.006 | windows/file_event
  medium: Browser wrote an archive that it did not download
Defense Evasion | T1027.002 | windows/edr
  low: Packed program run from a temporary folder
Defense Evasion | T1027.011 | windows/registry
  medium: Script stored in a registry value
Defense Evasion | T1036.003 | windows/process_creation
  high: Renamed copy of {PsExec|rundll32|PowerShell} run
Defense Evasion | T1036.005 | windows/process_creation
  high: Program named {svchost|lsass|explorer} run outside the system folder
Defense Evasion | T1036.007 | windows/process_creation
  medium: Program with a second, harmless extension opened
Defense Evasion | T1036.002 | windows/file_event
  medium: File name that hides its extension by right-to-left writing
Defense Evasion | T1036.004 | linux/process_creation
  medium: Process poses as a kernel worker thread
Defense Evasion | T1070.003 | linux/auditd
  medium: Shell history {deleted|linked to the null device}
Defense Evasion | T1070.003 | windows/powershell
  medium: PowerShell history file deleted
Defense Evasion | T1070.004 | windows/edr
  medium: Program deleted its own file while it ran
Defense Evasion | T1070.006 | windows/file_event
  medium: File time set back to that of a system file
Defense Evasion | T1070.005 | windows/process_creation
  informational: Network share unmapped right after use
Defense Evasion | T1070.008 | m365/audit
  high: Sent messages purged from a mailbox in bulk
Defense Evasion | T1014 | linux/auditd
  high: Kernel module missing from the module list
Defense Evasion | T1218.005 | windows/process_creation
  high: Mshta ran {a remote page|inline script}
Defense Evasion | T1218.010 | windows/process_creation
  high: Regsvr32 {fetched a remote scriptlet|loaded a library from a user profile}
Defense Evasion | T1218.011 | windows/process_creation
  high: Rundll32 {ran JavaScript|loaded a file without a library's extension}
Defense Evasion | T1218.007 | windows/process_creation
  medium: Msiexec installed a package from a web address
Defense Evasion | T1218.003 | windows/process_creation
  high: CMSTP installed a profile that runs a command
Defense Evasion | T1218.004 | windows/process_creation
  medium: InstallUtil ran a program from a user profile
Defense Evasion | T1218.001 | windows/process_creation
  medium: Compiled help file started a script host
Defense Evasion | T1497.001 | windows/edr
  low, disabled: Program asked for the names of virtual hardware
Defense Evasion | T1497.003 | windows/edr
  informational, disabled: Program slept for minutes before its first action
Defense Evasion | T1140 | windows/process_creation
  medium: Certutil decoded a Base64 file
Defense Evasion | T1564.001 | linux/file_event
  low: Program written to a hidden folder in a home directory
Defense Evasion | T1564.004 | windows/file_event
  medium: Program stored in an alternate data stream
Defense Evasion | T1564.008 | m365/audit
  medium: Inbox rule moves security notices to a rarely read folder
Defense Evasion | T1553.004 | windows/registry
  medium: Root certificate installed by a user's program
Defense Evasion | T1553.005 | windows/file_event
  medium: Mark of the web removed from a downloaded file
Defense Evasion, Persistence | T1197 | windows/bits
  medium: BITS job runs a command when it ends
Defense Evasion | T1127.001 | windows/process_creation
  high: MSBuild built a project from a temporary folder
Defense Evasion | T1574.001 | windows/image_load
  high: Signed program loaded an unsigned library beside it
Defense Evasion | T1574.006 | linux/auditd
  high: Library preloaded for every process
Defense Evasion, Persistence | T1112 | windows/registry
  medium: Clear-text passwords turned on for WDigest
  low: Macro warnings turned off in the registry
Defense Evasion | T1207 | windows/security
  critical: Workstation registered as a domain controller
Defense Evasion | T1535 | aws/cloudtrail
  low: Instance started in a region that is not in use

Credential Access | T1110.003 | azure/signin
  high: Password spray against {Entra ID|Exchange Online}
Credential Access | T1110.003 | windows/security
  high: Password spray against a domain controller
Credential Access | T1110.003 | vpn/gateway
  high: Password spray against the VPN gateway
Credential Access | T1110.001 | windows/security
  medium: Many failed logons {for one account|from one host} and then a success
Credential Access | T1110.001 | linux/syslog
  low: SSH passwords guessed {from one address|for one account from many addresses}
Credential Access | T1110.004 | web/server
  medium: Leaked credentials tried on the customer portal
Credential Access | T1003.001 | windows/process_access
  critical: LSASS memory read by {unsigned process|script host}
  high: LSASS handle duplicated from another process
Credential Access | T1003.001 | windows/process_creation
  high: LSASS memory dumped with {comsvcs.dll|ProcDump|Task Manager}
Credential Access | T1003.002 | windows/process_creation
  high: SAM hive {saved with reg.exe|copied out of a shadow copy}
Credential Access | T1003.003 | windows/process_creation
  critical: Active Directory database {exported with ntdsutil|copied out of a shadow copy}
Credential Access | T1003.004 | windows/registry
  high: LSA secrets read by a process other than LSASS
Credential Access | T1003.006 | windows/security
  critical: Directory replication requested by a host that is no domain controller
Credential Access | T1003.007 | linux/auditd
  medium: Memory of the SSH daemon read through the proc file system
Credential Access | T1003.008 | linux/auditd
  high: Shadow password file read by a web server user
Credential Access | T1555.003 | windows/file_event
  high: Browser password database read by another program
Credential Access | T1555.001 | macos/process_creation
  medium: Keychain exported from the command line
Credential Access | T1539 | windows/file_event
  high: Browser cookie database copied while the browser ran
Credential Access | T1558.003 | windows/security
  high: Service tickets with weak encryption requested in a burst
  critical: Service ticket requested for a decoy account
  medium: Service principal name set on a user account
Credential Access | T1558.003 | windows/powershell
  high: Kerberoasting function in a script block
Credential Access | T1056.001 | windows/edr
  medium: Keyboard hook installed by an unsigned program
Credential Access | T1056.002 | macos/process_creation
  high: Password prompt imitated by AppleScript
Credential Access | T1552.001 | windows/process_creation
  medium: Files searched for the word password
Credential Access | T1552.004 | linux/auditd
  medium: Private SSH keys collected from several home directories
Credential Access | T1552.005 | aws/cloudtrail
  high: Instance credentials used from outside the instance
Credential Access | T1552.006 | windows/security
  medium: Group policy files searched for stored passwords
Credential Access | T1552.007 | kubernetes/audit
  high: Secrets of all namespaces listed by a pod
Credential Access | T1557.001 | network/ids
  high: Name resolution answered by a host that is no name server
Credential Access | T1558.004 | windows/security
  medium: Tickets requested for accounts without pre-authentication
Credential Access | T1558.001 | windows/security
  critical: Kerberos ticket with an impossible lifetime
Credential Access | T1528 | azure/audit
  high: Consent given to an application that reads all mail
  medium: Device code sign-in by a user who never used it
Credential Access | T1621 | okta/system
  high: Push request approved after many were denied
Credential Access | T1606.002 | azure/signin
  high: SAML token accepted that the identity provider did not issue

Discovery | T1082 | windows/process_creation
  low: System details collected in a burst of commands
  medium: Systeminfo run by {an Office application|a web server process}
Discovery | T1082 | linux/process_creation
  informational: Kernel and distribution looked up by a service account
Discovery | T1087.002 | windows/process_creation
  medium: Domain users listed with {net.exe|a PowerShell module}
Discovery | T1087.002 | network/ldap
  medium: All accounts of the directory queried from a workstation
Discovery | T1087.001 | windows/process_creation
  low: Local accounts listed by a web server process
Discovery | T1087.004 | aws/cloudtrail
  low: IAM users and roles listed by an unusual principal
Discovery | T1046 | network/flow
  medium: Internal port scan of {one host|a whole subnet}
Discovery | T1046 | linux/process_creation
  medium: {Nmap|Masscan} run on a server
Discovery | T1069.002 | windows/process_creation
  medium: Members of the domain administrators listed from a workstation
Discovery | T1069.003 | azure/audit
  low: Group memberships of the whole tenant read by one user
  informational, disabled: Own group memberships read with a command-line tool
Discovery | T1057 | windows/process_creation
  low: Process list taken by a script host
  informational, disabled: Process list taken by an administrator
Discovery | T1018 | windows/process_creation
  low: Domain controllers looked up from a user's workstation
Discovery | T1018 | network/flow
  low: Ping sweep from a server
Discovery | T1482 | windows/process_creation
  medium: Domain trusts listed with nltest
Discovery | T1016 | windows/process_creation
  low: Network configuration collected in a burst of commands
  informational, disabled: Network configuration shown on a workstation
Discovery | T1033 | windows/process_creation
  low: Current user looked up by a web server process
Discovery | T1049 | windows/process_creation
  informational, disabled: Open network connections listed on a workstation
Discovery | T1083 | windows/process_creation
  informational: Whole drive listed into a text file
Discovery | T1135 | windows/security
  medium: Many network shares opened by one account
Discovery | T1518.001 | windows/process_creation
  low: Security products looked up by a script host
Discovery | T1580 | aws/cloudtrail
  low: Describe calls over many services by one identity
Discovery | T1619 | aws/cloudtrail
  informational: Storage buckets listed by an unusual identity
Discovery | T1613 | kubernetes/audit
  low: Anonymous user listed the pods of a cluster

Lateral Movement | T1021.001 | windows/security
  medium: RDP session to a server from an ordinary workstation
  low, disabled: RDP session outside working hours
Lateral Movement | T1021.004 | linux/syslog
  medium: SSH login between servers with a key never seen before
Lateral Movement | T1021.002 | windows/security
  medium, disabled: Administrative share opened from a workstation
  high, disabled: Program written to an administrative share
  high, disabled: Remote service pipe of PsExec created
Lateral Movement | T1570 | windows/file_event
  medium: Same unsigned program written to many hosts within an hour
Lateral Movement | T1550.002 | windows/security
  high: New-credentials logon followed by an NTLM session elsewhere
  medium: Local administrator logged on over the network to many hosts
Lateral Movement | T1550.003 | windows/security
  high: Kerberos ticket used from a host that did not ask for it
Lateral Movement | T1550.001 | m365/audit
  medium: Application token used from a new network
Lateral Movement | T1563.002 | windows/process_creation
  high: RDP session of another user taken over with tscon
Lateral Movement, Execution | T1072 | windows/process_creation
  high: Software deployment agent started an encoded command

Collection | T1005 | windows/file_event
  medium: Many documents read by a script host
Collection | T1005 | linux/process_creation
  medium: Database dumped to a local file by an interactive user
Collection | T1113 | windows/edr
  low, disabled: Screen captured by a program without a window
Collection | T1114.003 | m365/audit
  high: Inbox rule forwards {all mail|messages about payments} to an outside address
  medium: Forwarding turned on for a whole mailbox by an administrator
Collection | T1114.002 | m365/audit
  medium: Mailbox synchronised in full by {a new application|an unknown mail client}
Collection | T1114.001 | windows/file_event
  low: Outlook data file copied to a removable drive
Collection | T1560.001 | windows/process_creation
  medium: Archive with a password made of files from a share
Collection | T1560.001 | linux/process_creation
  low: Home directories packed into one archive
Collection | T1530 | aws/cloudtrail
  high: Storage bucket opened to the public
  medium: Bulk download from a storage bucket
Collection | T1213.003 | github/audit
  medium: Many private repositories cloned by one account
Collection | T1213.002 | m365/audit
  medium: Mass download from SharePoint by one account
Collection | T1074.001 | windows/file_event
  low: Archives gathered in a recycle bin folder
Collection | T1039 | windows/security
  medium: Thousands of files read from a share within minutes

Command & Control | T1071.001 | web/proxy
  medium: Beacon at a steady interval to a rare domain
  high: User agent of an attack framework
Command & Control | T1071.004 | network/dns
  medium, disabled: DNS queries with long random labels
  low, disabled: DNS TXT records of unusual size
Command & Control | T1573.002 | network/ids
  high: TLS fingerprint of an attack framework
Command & Control | T1573 | network/flow
  low: Self-signed certificate on a session to a hosting provider
Command & Control | T1090.003 | network/firewall
  medium: Connection to a Tor entry node
Command & Control | T1090.001 | network/flow
  medium: Workstation relays the traffic of other hosts
Command & Control | T1105 | windows/process_creation
  high: Program fetched with {certutil|bitsadmin}
  medium: Program fetched with curl by a service account
Command & Control | T1105 | web/proxy
  medium: Program downloaded from {a paste site|a bare address}
Command & Control | T1105 | linux/process_creation
  high: Download made executable in a temporary folder
Command & Control | T1571 | network/flow
  medium: TLS session on a port where none is expected
Command & Control | T1102.002 | web/proxy
  medium: Chat service's bot interface polled by a server
Command & Control | T1102.001 | web/proxy
  low: Paste site polled by a script host
  low, disabled: Code hosting page polled by a workstation
Command & Control | T1572 | network/dns
  high: DNS tunnel recognised by its volume
Command & Control | T1572 | windows/process_creation
  medium: {SSH client|Ngrok} opened a reverse tunnel
Command & Control | T1568.002 | network/dns
  medium: Run of failed lookups for generated domain names
Command & Control | T1219 | windows/process_creation
  medium: {AnyDesk|TeamViewer} run where it is not approved
Command & Control | T1095 | network/ids
  medium: ICMP packets with unusual payloads

Exfiltration | T1567.002 | web/proxy
  medium: Large upload to personal cloud storage
Exfiltration | T1567.002 | windows/process_creation
  high: Rclone run on a file server
Exfiltration | T1041 | network/flow
  medium: Upload to a beaconing address far above its usual volume
Exfiltration | T1048.003 | network/firewall
  medium: Files sent by FTP from a server
Exfiltration | T1537 | aws/cloudtrail
  high: {Disk|Database} snapshot shared with an unknown account
Exfiltration | T1052.001 | windows/file_event
  low: Bulk copy to a removable drive
  medium: Bulk copy to a removable drive by a departing employee

Impact | T1486 | windows/file_event
  critical, disabled: Canary file on a share changed
  high, disabled: Files renamed in bulk to one new extension
  high, disabled: Ransom note written to many folders
Impact | T1489 | windows/process_creation
  high: {Backup|Database} services stopped in a row
Impact | T1490 | windows/process_creation
  critical: Shadow copies deleted
  high: Boot recovery turned off
Impact | T1531 | azure/audit
  medium: Many accounts disabled by one administrator
Impact | T1496.001 | linux/process_creation
  medium: Cryptocurrency miner recognised by its arguments
Impact | T1485 | aws/cloudtrail
  high: {Storage buckets|Backups} deleted in bulk
Impact | T1561.002 | windows/edr
  critical: Boot sector written by a user's program
Impact | T1657 | saas/audit
  medium: Bank details of a supplier changed right after a risky sign-in
"""


def sample_rules() -> RuleSet:
    """The sample data, read the way real records are; a rule's `origin` is its id, `sample-001` to `sample-372`."""
    rules, issues = rules_from_records(_records(), source=SOURCE, where=_WHERE, origin_is_id=True)
    return RuleSet(tuple(rules), tuple(issues), sample=True)


def _records() -> Iterator[dict[str, object]]:
    """The library as records of the Detection Rules API's shape, in its order."""
    head, number = "", 0
    for line in _LIBRARY.splitlines():
        if not line.startswith(" "):
            head = line
            continue
        tactics, techniques, logsource = head.split(" | ")
        mark, _, template = line.strip().partition(": ")
        severity, _, state = mark.partition(", ")
        for name in _names(template):
            number += 1
            yield {
                "id": f"sample-{number:03}",
                "name": name,
                "severity": severity,
                "enabled": state != "disabled",
                "mitre_tactics": tactics.split(", "),
                "mitre_techniques": techniques.split(", "),
                "logsource": logsource,
                "updated_at": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00Z",  # spread over a year
            }


def _names(template: str) -> Iterator[str]:
    """The names that a template spells out: itself, or one for each of its alternatives."""
    before, _, rest = template.partition("{")
    alternatives, _, after = rest.partition("}")
    return (before + alternative + after for alternative in alternatives.split("|"))
