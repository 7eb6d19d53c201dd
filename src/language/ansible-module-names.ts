/** Modules of ansible-core, at the time of 2.18. */
const builtinNames = `
add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron deb822_repository debconf debug
dnf dnf5 dpkg_selections expect fail fetch file find gather_facts get_url getent git group group_by hostname include
include_vars iptables known_hosts lineinfile mount_facts package package_facts pause ping pip raw reboot replace rpm_key script
service service_facts set_fact set_stats setup shell slurp stat subversion systemd systemd_service sysvinit tempfile template
unarchive uri user validate_argument_spec wait_for wait_for_connection yum yum_repository`;

/** Modules of collections that older files name without them. NOTE: not all; a name with a collection needs no list. */
const collectionNames = `
acl acme_account acme_account_facts acme_account_info acme_certificate acme_certificate_revoke acme_challenge_cert_helper
acme_inspect aerospike_migrations airbrake_deployment aix_devices aix_filesystem aix_inittab aix_lvg aix_lvol alerta_customer
ali_instance ali_instance_facts ali_instance_info alternatives android_sdk ansible_galaxy_install apache2_mod_proxy
apache2_module apk apt_repo apt_rpm archive at atomic_container atomic_host atomic_image authorized_key awall beadm bearychat
bigpanda bootc_manage bower btrfs_info btrfs_subvolume bundler bzr campfire capabilities cargo catapult
certificate_complete_chain circonus_annotation cisco_spark cisco_webex cloud_init_data_facts cloudflare_dns cobbler_sync
cobbler_system composer consul copr cpanm cronvar crypttab datadog_downtime datadog_event datadog_monitor dconf decompress
deploy_helper discord django_check django_command django_createcachetable django_dumpdata django_loaddata django_manage
dnf_config_manager dnf_versionlock dnsmadeeasy docker_compose docker_config docker_container docker_container_info
docker_host_info docker_image docker_image_facts docker_image_info docker_login docker_network docker_network_info docker_node
docker_node_info docker_prune docker_secret docker_service docker_stack docker_swarm docker_swarm_info docker_swarm_service
docker_swarm_service_info docker_volume docker_volume_info dpkg_divert easy_install ecs_certificate ecs_domain ejabberd_user
elasticsearch_plugin etcd3 facter facter_facts file_remove filesize filesystem firewalld firewalld_info flatpak flatpak_remote
flowdock foreman gandi_livedns gcdns_record gcdns_zone gce gconftool2 gconftool2_info gcp_backend_service gcp_forwarding_rule
gcp_healthcheck gcp_target_proxy gcp_url_map gcpubsub_facts gcspanner gem get_certificate gio_mime git_config git_config_info
gitlab_user golang_package google_chat grafana_dashboard grafana_datasource grafana_plugin grove gunicorn haproxy helm hg
hipchat homebrew homebrew_cask homebrew_services homebrew_tap homectl honeybadger_deployment htpasswd imgadm infinity
influxdb_database influxdb_user ini_file installp interfaces_file ip2location_info ip_netns ipbase_info ipify_facts
ipinfoio_facts iptables_state ipwcli_dns irc iso_extract jabber java_cert java_keystore jboss jenkins_job jenkins_plugin
jenkins_script k8s k8s_auth k8s_facts k8s_info k8s_raw k8s_scale k8s_service katello kdeconfig kea_command kernel_blacklist
keyring keyring_info kibana_plugin kopia_repository kopia_repository_info krb_ticket launchd layman lbu ldap_attr ldap_attrs
ldap_entry ldap_inc ldap_passwd ldap_search listen_ports_facts lldp lldp_facts locale_gen logentries logentries_msg logicmonitor
logicmonitor_facts logrotate logstash_plugin luks_device lvg lvg_rename lvm_pv lvm_pv_move_data lvol lxc_container macports mail
make mas matrix mattermost maven_artifact mksysb modprobe mongodb_info mongodb_parameter mongodb_replicaset mongodb_shard
mongodb_user monit mount mssql_db mssql_script mysql_db mysql_info mysql_query mysql_replication mysql_user mysql_variables
nagios netcup_dns newrelic_deployment nexmo nginx_status_facts nginx_status_info nictagadm nmcli nosh npm nsupdate ocapi_command
ocapi_info odbc office_365_connector_card ohai omapi_host oneandone_firewall_policy oneandone_load_balancer
oneandone_monitoring_policy oneandone_private_network oneandone_public_ip oneandone_server onepassword_facts onepassword_info
open_iscsi openbsd_pkg openshift_raw openshift_scale openssh_cert openssh_keypair openssl_certificate openssl_certificate_info
openssl_csr openssl_csr_info openssl_dhparam openssl_pkcs12 openssl_privatekey openssl_privatekey_info openssl_publickey
openwrt_init opkg osx_defaults ovh_ip_failover ovh_ip_loadbalancing_backend ovh_monthly_billing pacman pacman_key pam_limits
pamd parted patch pear pingdom pip_package_info pipx pipx_info pkg5 pkgin pkgng pkgutil pmem pnpm podman_container_info
podman_image podman_image_info podman_volume_info portage portinstall postgresql_copy postgresql_db postgresql_ext
postgresql_idx postgresql_info postgresql_lang postgresql_membership postgresql_owner postgresql_pg_hba postgresql_ping
postgresql_privs postgresql_publication postgresql_query postgresql_schema postgresql_sequence postgresql_set postgresql_slot
postgresql_subscription postgresql_table postgresql_tablespace postgresql_user postgresql_user_obj_stat_info pubnub_blocks
puppet purefa_facts purefb_facts pushbullet pushover python_requirements_info rabbitmq_binding rabbitmq_exchange
rabbitmq_global_parameter rabbitmq_parameter rabbitmq_plugin rabbitmq_policy rabbitmq_publish rabbitmq_queue rabbitmq_user
rabbitmq_vhost rabbitmq_vhost_limits read_csv redhat_subscription redis redis_data redis_data_incr redis_data_info redis_info
rhel_facts rhel_rpm_ostree rhevm rhn_channel rhn_register rhsm_release rhsm_repository riak rollbar_deployment rpm_ostree_pkg
rpm_ostree_upgrade runit seboolean sefcontext selinux selinux_permissive selogin seport shutdown simpleinit_msb slack slackpkg
snap snap_alias snap_connect snmp_facts solaris_zone sorcery spotinst_aws_elastigroup ssh_config sssd_info stackdriver
stacki_host sudoers supervisorctl svc svr4pkg swupd synchronize sysctl syspatch sysrc systemd_creds_decrypt
systemd_creds_encrypt systemd_info sysupgrade terraform timezone twilio ufw uptimerobot urpmi uv_python vexata_eg vexata_volume
virt virt_net virt_pool wakeonlan write_binary_file x509_crl x509_crl_info xattr xbps xdg_mime xfconf xfconf_info xfs_quota xml
xml_info yarn yum_versionlock zabbix_action zabbix_group zabbix_group_facts zabbix_group_info zabbix_host
zabbix_host_events_info zabbix_host_facts zabbix_host_info zabbix_hostmacro zabbix_maintenance zabbix_map zabbix_mediatype
zabbix_proxy zabbix_screen zabbix_service zabbix_template zabbix_template_info zabbix_user zabbix_user_info zabbix_valuemap zfs
zfs_facts znode zpool zpool_facts zypper zypper_repository zypper_repository_info`;

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const builtin = wordsOf(builtinNames);
const ofCollections = wordsOf(collectionNames);

/**
 * Whether Ansible's users know a module by this name.
 *
 * @param name  as a task has it: `yum`, `ansible.builtin.yum`, or with any other collection, whose modules nobody can list
 */
export const isAnsibleModule = (name: string): boolean => {
  const parts = name.split('.');
  const last = parts.at(-1) ?? '';
  const isListed = builtin.has(last) || ofCollections.has(last) || /^win_[a-z_]+$/.test(last);
  if (name.startsWith('ansible.builtin.') || name.startsWith('ansible.legacy.')) return isListed;
  if (parts.length >= 3) return parts.every((part) => /^[a-z_][a-z0-9_]*$/.test(part));
  return parts.length === 1 && isListed;
};
