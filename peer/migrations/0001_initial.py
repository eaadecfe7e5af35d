# Who there is. Alone, so that the many small migrations of Wagtail, which depend on User, drag nothing else along.

import django.db.models.deletion
import encrypted_fields.fields
import peer.clock
import peer.models.dated
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=peer.models.dated.public_id, max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('young_person', 'Young person'), ('parent_carer', 'Parent or carer'), ('staff', 'Staff')], max_length=20)),
                ('given_name', models.CharField(max_length=100)),
                ('family_name', models.CharField(blank=True, max_length=100)),
                ('born_on', models.DateField(blank=True, null=True)),
                ('address', encrypted_fields.fields.EncryptedTextField(blank=True, null=True)),
                ('doctor', models.CharField(blank=True, max_length=200, verbose_name='usual doctor (GP)')),
                ('nhs_number', encrypted_fields.fields.EncryptedCharField(blank=True, max_length=20, null=True)),
                ('language', models.CharField(default='en', max_length=12)),
                ('location_hidden', models.BooleanField(default=False)),
                ('restricted_at', models.DateTimeField(blank=True, null=True)),
                ('deceased_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=peer.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('handle', models.CharField(default=peer.models.dated.public_id, max_length=60, unique=True)),
                ('display_name', models.CharField(blank=True, max_length=60)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('paged_ok_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=peer.clock.now)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='user', to='peer.person')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
